// A model's weights as a file that PyTorch opens, one tensor in memory at a time.
import { parameters } from "@mlpconv/models";
import type { tf } from "@mlpconv/tensor";
import { assign, matchStateDict, torchValues } from "../state-dict/state-dict.js";
import { openSafetensors, type ReadFileOptions } from "./read-file.js";
import { type LazyTensor, type WriteFileOptions, writeSafetensorsFile } from "./write-file.js";

/**
 * Writes the model's `state_dict` to a safetensors file, atomically: `net.load_state_dict(safetensors.torch.load_file(path))` takes it.
 *
 * @throws the system's error when the disk refuses
 */
export const saveWeights = (
  model: tf.LayersModel,
  path: string,
  { metadata, checksum }: WriteFileOptions = {},
): Promise<void> => {
  const tensors = parameters(model).map((parameter): [string, LazyTensor<"F32">] => {
    const { key, shape } = parameter;
    return [key, { dtype: "F32", shape, data: () => torchValues(parameter) }];
  });
  // Readers of the Hugging Face hub want to be told whose layout it is.
  return writeSafetensorsFile(path, tensors, { metadata: { format: "pt", ...metadata }, checksum });
};

/**
 * Sets the model's weights to those of a safetensors file, as PyTorch or `saveWeights` wrote it. A file of other weights changes nothing;
 * one that the disk fails to read to the end leaves the weights that it had given.
 *
 * @returns the notes of the very file that the weights came from, which another process may replace meanwhile
 * @throws StateDictError when the weights are not the model's; SafetensorsError when the file is broken; the system's error when unreadable
 */
export const loadWeights = async (
  model: tf.LayersModel,
  path: string,
  options?: ReadFileOptions,
): Promise<Readonly<Record<string, string>>> => {
  const file = await openSafetensors(path, options);
  try {
    for (const parameter of matchStateDict(model, file.tensors)) {
      assign(parameter, await file.read(parameter.key));
    }
    return file.metadata;
  } finally {
    await file.close();
  }
};
