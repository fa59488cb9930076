// config.json as the programs read it: all that `train` writes must be there, with names that these programs know.
import { modelNames } from "@mlpconv/models";
import { engineNames } from "@mlpconv/tensor";
import * as v from "valibot";
import { type TrainedConfig, trainedConfigSchema } from "../files/config.js";
import { inTodaysForm } from "../files/data.js";
import { checked, parseJson } from "../files/parse.js";
import { readRunText } from "./folder-files.js";
import { RunFolderError } from "./run-folder-error.js";

const schema = v.strictObject({
  ...trainedConfigSchema.entries,
  model: v.picklist(modelNames),
  engine: v.picklist(engineNames),
});

/** @throws RunFolderError when there is no such file; RunFileError naming the file and the first field that is not as it should be */
export const readTrainedConfig = async (path: string): Promise<TrainedConfig> => {
  const text = await readRunText(path);
  if (text === undefined)
    throw new RunFolderError(`run: expected ${path}, which train writes, got none; is this a run's folder?`);
  return checkTrainedConfig(parseJson(text, path), path);
};

/**
 * A config.json's value, checked; one of an earlier version in today's form.
 *
 * @throws RunFileError naming the file and the first field that is not as it should be
 */
export const checkTrainedConfig = (value: unknown, where: string): TrainedConfig =>
  checked(schema, inTodaysForm(value), where);
