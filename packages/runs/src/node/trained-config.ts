// config.json of a run's folder as the programs read it: what `train` wrote, with names that these programs know.
import { readFile } from "node:fs/promises";
import { type ModelName, modelNames } from "@mlpconv/models";
import { type EngineName, engineNames } from "@mlpconv/tensor";
import { systemWords } from "@mlpconv/weights/node";
import * as v from "valibot";
import { type TrainedConfig, trainedConfigSchema } from "../files/config.js";
import { inTodaysForm } from "../files/data.js";
import { checked, parseJson } from "../files/parse.js";

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
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new NetConfigError(
      `${path}: expected the file that train wrote, got ${systemWords(cause)}; is this a run's folder?`,
      { cause },
    );
  });
  return checkNetConfig(parseJson(text, path), path);
};

/**
 * A config.json's value, checked; one of an earlier version in today's form.
 *
 * @throws RunFileError naming the file and the first field that is not as it should be
 */
export const checkNetConfig = (value: unknown, where: string): NetConfig =>
  checked(schema, inTodaysForm(value), where);
