// A folder as the Hugging Face hub has it: config.json and model.safetensors, enough to build the net again.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { tf } from "@mlpconv/tensor";
import {
  ConfigError,
  type ConfigOptions,
  checkConfig,
  modelFromConfig,
  type PretrainedConfig,
  pretrainedConfig,
} from "../config/config.js";
import { writeAtomically } from "./atomic.js";
import { loadWeights, saveWeights } from "./model-weights.js";
import { readText } from "./open-file.js";

const CONFIG = "config.json";
const WEIGHTS = "model.safetensors";

/**
 * Writes model.safetensors and then config.json into a folder, each atomically.
 *
 * @throws ConfigError when the options are not of the model; the system's error when the disk refuses
 */
export const savePretrained = async (
  model: tf.LayersModel,
  folder: string,
  options: ConfigOptions,
): Promise<void> => {
  const config = pretrainedConfig(model, options);
  await mkdir(folder, { recursive: true });
  await saveWeights(model, join(folder, WEIGHTS));
  await writeAtomically(join(folder, CONFIG), (file) =>
    file.writeFile(`${JSON.stringify(config, null, 2)}\n`),
  );
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
