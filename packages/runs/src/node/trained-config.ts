// Reads config.json for the programs: all fields that `train` writes must be present, with known names.
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

/** @throws RunFolderError when the file does not exist; RunFileError naming the file and the first invalid field */
export const readTrainedConfig = async (path: string): Promise<TrainedConfig> => {
  const text = await readRunText(path);
  if (text === undefined)
    throw new RunFolderError(`run: expected ${path}, which train writes, got none; is this a run's folder?`);
  return checkTrainedConfig(parseJson(text, path), path);
};

/**
 * Checks a config.json, after converting one of an earlier version to the current form.
 *
 * @throws RunFileError naming the file and the first invalid field
 */
export const checkTrainedConfig = (value: unknown, where: string): TrainedConfig =>
  checked(schema, inTodaysForm(value), where);
