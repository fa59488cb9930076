// What a run will do: the preset of its model, with what the command line says otherwise.
import { settingsNotOf, UsageError } from "@mlpconv/cli-kit";
import { type Dataset, type DatasetInfo, imageSide, testOptions } from "@mlpconv/datasets";
import type { ModelName } from "@mlpconv/models";
import { checked, type RunSettings, settings, settingsSchema, withValues } from "@mlpconv/runs";
import type { TrainRequest } from "./options.js";
import { defaults, presets } from "./presets.js";

export interface Settings extends RunSettings {
  model: ModelName;
}

/**
 * @param processes how many train together: as many shards are the default
 * @param gpu whether the engine has one: it decides what nobody asked for by name
 * @param dataset whose images are taken at their own size where neither the command line nor the preset has another
 * @throws UsageError when the model has no such setting
 */
export const settle = (
  request: TrainRequest,
  { gpu, dataset, processes = 1 }: { gpu: boolean; dataset: Pick<DatasetInfo, "shape">; processes?: number },
): Settings => {
  const { model, preset } = defaults(request, gpu);
  const wrong = settingsNotOf(model, request);
  if (wrong.length > 0) throw new UsageError("train", wrong);
  const given = Object.entries(request).filter(([place]) => Object.hasOwn(settings, place));
  const recipe = { model, seed: 0, resize: imageSide(dataset), shards: processes, ...presets[preset][model] };
  const values = withValues(recipe, { ...Object.fromEntries(given), preset });
  return { ...checked(settingsSchema, values, `preset ${preset}`), model };
};

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));

/** @throws UsageError when the batches cannot be cut into these shards, or these not be shared among the processes */
export const checkShards = ({ shards }: Pick<Settings, "shards">, processes: number): void => {
  const wrong = (problem: string) => new UsageError("train", [problem]);
  if (!isPowerOfTwo(processes))
    throw wrong(
      `expected 1, 2, 4, 8, ... processes, got ${processes}; start ${2 ** Math.floor(Math.log2(processes))} of them`,
    );
  if (!isPowerOfTwo(shards)) throw wrong(`expected --shards to be a power of two, got ${shards}`);
  if (processes > shards)
    throw wrong(
      `expected at most ${shards} processes, the run's shards, got ${processes}; start fewer, or a new run with --shards ${processes}`,
    );
};

/**
 * The settings without a preset's limit where the data set has no more images than that.
 *
 * @throws UsageError when the command line asks for more images than there are
 */
export const fitLimit = <S extends Settings>(
  { limit, ...settings }: S,
  { limit: asked }: Pick<TrainRequest, "limit">,
  { name, train }: Pick<Dataset, "name" | "train">,
): Omit<S, "limit"> & Pick<Settings, "limit"> => {
  const [available] = train.shape;
  if (asked !== undefined && asked > available)
    throw new UsageError("train", [
      `expected --limit to be at most ${available}, the training images of ${name}, got ${asked}; leave it out to train on all`,
    ]);
  return limit === undefined || limit > available ? settings : { ...settings, limit };
};

/** What both loaders are given: the training images as the recipe wants them, the test images whole and in order. */
export const loaderOptions = (settings: Settings, data: DatasetInfo) => {
  const { limit, flip } = settings;
  const test = testOptions({ ...settings, data });
  return { train: { ...test, shuffle: true, flip, ...(limit !== undefined && { limit }) }, test };
};
