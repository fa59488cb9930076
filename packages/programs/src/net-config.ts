// config.json of a run's folder as the programs read it: what `train` wrote, with names that these programs know.
import type { ModelName } from "@mlpconv/models";
import { type EngineName, engineNames } from "@mlpconv/tensor";
import { checked, parseJson, type TrainedConfig, trainedConfigSchema } from "@mlpconv/trainer/run-files";
import { readText, systemWords } from "@mlpconv/weights/node";
import * as v from "valibot";
import { modelNames } from "./choices.js";

/** All that `train` was asked to do. */
export interface NetConfig extends TrainedConfig {
  model: ModelName;
  engine: EngineName;
}

/** A config.json that cannot be read. */
export class NetConfigError extends Error {
  override readonly name = "NetConfigError";
}

const schema = v.strictObject({
  ...trainedConfigSchema.entries,
  model: v.picklist(modelNames),
  engine: v.picklist(engineNames),
});

/** @throws NetConfigError when there is no such file; RunFileError naming the file and the first field that is not as it should be */
export const readNetConfig = async (path: string): Promise<NetConfig> => {
  const text = await readText(path).catch((cause) => {
    throw new NetConfigError(
      `${path}: expected the file that train wrote, got ${systemWords(cause)}; is this a run's folder?`,
      { cause },
    );
  });
  return checkNetConfig(parseJson(text, path), path);
};

/** @throws RunFileError naming the file and the first field that is not as it should be */
export const checkNetConfig = (value: unknown, where: string): NetConfig => checked(schema, value, where);
