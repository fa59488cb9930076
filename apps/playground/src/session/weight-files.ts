// A network's files, the same as `mlpconv export` writes, and weights from a file.
import type { DatasetInfo } from "@mlpconv/datasets";
import { exportOptions } from "@mlpconv/runs/recipe";
import {
  configText,
  exportOnnx,
  exportSafetensors,
  exportTfjs,
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

/** @throws SafetensorsError for bytes that are no such file; StateDictError for the weights of another model */
export const loadWeights = ({ model }: Network, safetensors: Uint8Array): void =>
  loadStateDict(model, readSafetensors(safetensors).tensors);
