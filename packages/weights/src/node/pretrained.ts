// Folders in the Hugging Face hub's format: config.json and model.safetensors, from which the model can be rebuilt.
import { join } from "node:path";
import type { tf } from "@mlpconv/tensor";
import {
  ConfigError,
  type ConfigOptions,
  checkConfig,
  configText,
  modelFromConfig,
  type PretrainedConfig,
  pretrainedConfig,
} from "../config/config.js";
import { writeAtomically } from "./atomic.js";
import { makeFolder } from "./make-folder.js";
import { loadWeights, saveWeights } from "./model-weights.js";
import { readText } from "./open-file.js";

const CONFIG = "config.json";
const WEIGHTS = "model.safetensors";

/**
 * Writes model.safetensors and then config.json into a folder, each atomically. The weights' file has the config in its metadata too.
 *
 * @throws ConfigError when the options do not fit the model; the system's error when writing fails
 */
export const savePretrained = async (
  model: tf.LayersModel,
  folder: string,
  options: ConfigOptions,
): Promise<void> => {
  const config = pretrainedConfig(model, options);
  await makeFolder(folder);
  await saveWeights(model, join(folder, WEIGHTS), { config });
  await writeAtomically(join(folder, CONFIG), (file) => file.writeFile(configText(config)));
};

/**
 * Builds the net that a folder's config.json describes and loads its model.safetensors.
 *
 * @throws ConfigError, StateDictError or SafetensorsError naming what is wrong; the system's error when a file cannot be read
 */
export const fromPretrained = async (
  folder: string,
): Promise<{ model: tf.LayersModel; config: PretrainedConfig }> => {
  const path = join(folder, CONFIG);
  const config = checkConfig(parse(await readText(path), path), path);
  const model = modelFromConfig(config);
  try {
    await loadWeights(model, join(folder, WEIGHTS));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, config };
};

const parse = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${path}: expected JSON, got: ${(cause as Error).message}`, { cause });
  }
};
