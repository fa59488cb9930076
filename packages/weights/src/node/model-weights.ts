// Saves and loads a model's weights as a safetensors file that PyTorch opens, with one tensor in memory at a time.
import { stateArrays } from "@mlpconv/models";
import type { tf } from "@mlpconv/tensor";
import { notesOf, type SafetensorsOptions } from "../safetensors/export.js";
import { assign, counters, matchStateDict, torchValues } from "../state-dict/state-dict.js";
import { openSafetensors, type ReadFileOptions } from "./read-file.js";
import { type LazyTensor, type WriteFileOptions, writeSafetensorsFile } from "./write-file.js";

/** Options of a file of weights. */
export interface SaveWeightsOptions extends WriteFileOptions, SafetensorsOptions {}

/**
 * Writes the model's `state_dict` to a safetensors file, atomically. PyTorch loads it with `net.load_state_dict(safetensors.torch.load_file(path))`.
 *
 * @throws the system's error when the disk refuses
 */
export const saveWeights = (
  model: tf.LayersModel,
  path: string,
  options: SaveWeightsOptions = {},
): Promise<void> => {
  const tensors = stateArrays(model).map((array): [string, LazyTensor<"F32">] => {
    const { key, shape } = array;
    return [key, { dtype: "F32", shape, data: () => torchValues(array) }];
  });
  return writeSafetensorsFile(path, [...tensors, ...counters(model)], {
    metadata: notesOf(options),
    checksum: options.checksum,
  });
};

/**
 * Sets the model's weights to those of a safetensors file that PyTorch or `saveWeights` wrote. If the file's names, shapes or dtypes do not fit,
 * nothing is changed. If a read fails midway, the weights read until then are already set.
 *
 * @returns the file's metadata, read from the same open file as the weights, even if another process replaces it meanwhile
 * @throws StateDictError when the weights are not the model's; SafetensorsError when the file is broken; the system's error when unreadable
 */
export const loadWeights = async (
  model: tf.LayersModel,
  path: string,
  options?: ReadFileOptions,
): Promise<Readonly<Record<string, string>>> => {
  const file = await openSafetensors(path, options);
  try {
    for (const { array, key } of matchStateDict(model, file.tensors)) {
      assign(array, await file.read(key));
    }
    return file.metadata;
  } finally {
    await file.close();
  }
};
