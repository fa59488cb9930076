// A network's files, the same as `mlpconv export` writes, and weights from a file.
import type { DatasetInfo } from "@mlpconv/datasets";
import { stateArrays, stateCounters } from "@mlpconv/models";
import { exportOptions, freezeLayers } from "@mlpconv/runs/recipe";
import type { tf } from "@mlpconv/tensor";
import {
  configText,
  exportOnnx,
  exportSafetensors,
  exportTfjs,
  loadMatching,
  loadStateDict,
  pretrainedConfig,
  rawPixels,
  readSafetensors,
} from "@mlpconv/weights";
import type { Network } from "./network.js";
import type { SavedFile, SaveFormat } from "./session.js";

export const filesOf = async (
  { model, settings, testAccuracy }: Network,
  data: DatasetInfo,
  format: SaveFormat,
): Promise<SavedFile[]> => {
  const config = pretrainedConfig(model, exportOptions({ ...settings, data }, testAccuracy));
  const configFile = (of: typeof config): SavedFile => ({
    name: "config.json",
    bytes: new TextEncoder().encode(configText(of)),
  });
  if (format === "safetensors")
    return [
      { name: "model.safetensors", bytes: await exportSafetensors(model, { config }) },
      configFile(config),
    ];
  // These take pixels as they are.
  if (format === "onnx")
    return [
      { name: "model.onnx", bytes: await exportOnnx(model, { config }) },
      configFile(rawPixels(config)),
    ];
  const files = await exportTfjs(model, { config });
  return [...Object.entries(files).map(([name, bytes]) => ({ name, bytes })), configFile(rawPixels(config))];
};

/**
 * Puts weights into a network. Those of the same network for other classes are loaded into all layers but the last ones, which name the classes.
 *
 * @returns layers that stay as they are
 * @throws SafetensorsError for bytes that are no such file; StateDictError for the weights of another model
 */
export const loadWeights = ({ model }: Network, safetensors: Uint8Array): string[] => {
  const { tensors } = readSafetensors(safetensors);
  try {
    loadStateDict(model, tensors);
    return [];
  } catch (error) {
    const own = new Set([...stateArrays(model).map(({ key }) => key), ...stateCounters(model)]);
    if ([...tensors.keys()].some((key) => !own.has(key))) throw error;
    return loadBody(model, tensors, error);
  }
};

/** @throws `error` where a layer of the body does not fit */
const loadBody = (
  model: tf.LayersModel,
  tensors: Parameters<typeof loadMatching>[1],
  error: unknown,
): string[] => {
  const trainable = model.layers.map((layer) => layer.trainable);
  try {
    // Weights that do not fit a frozen layer are refused before any is set.
    freezeLayers(model, "body");
    const { fresh } = loadMatching(model, tensors);
    return [...new Set(fresh.map((key) => key.slice(0, key.lastIndexOf("."))))];
  } catch {
    throw error;
  } finally {
    for (const [i, layer] of model.layers.entries()) layer.trainable = trainable[i]!;
  }
};
