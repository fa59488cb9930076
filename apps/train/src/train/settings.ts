// Combines the preset of a model with the settings on the command line.
import { settingsNotOf, UsageError } from "@mlpconv/cli-kit";
import {
  type AnySplit,
  augmentSizeProblem,
  type Dataset,
  type DatasetInfo,
  parseAugment,
} from "@mlpconv/datasets";
import { type SettingValues, settings } from "@mlpconv/runs";
import {
  defaults,
  epochsForPictures,
  type ModelRunSettings,
  presetSettings,
  type SettledFor,
  settingProblems,
} from "@mlpconv/runs/recipe";
import type { TrainRequest } from "./options.js";

/** Settings of a run. */
export type Settings = ModelRunSettings;

/**
 * @param processes number of processes, which is the default number of shards
 * @param gpu whether the engine uses a GPU, which determines the default model and preset
 * @param dataset whose image size is the default if neither the command line nor the preset gives one, and whose images a preset does not mirror
 * where that changes what they show
 * @throws UsageError when the model does not have a requested setting, or settings do not go together
 */
export const resolveSettings = (
  request: TrainRequest,
  {
    gpu,
    dataset,
    processes = 1,
  }: { gpu: boolean; dataset: SettledFor & Partial<Pick<DatasetInfo, "name">>; processes?: number },
): Settings => {
  const { model, preset } = defaults(request, gpu, dataset);
  const wrong = [
    ...settingsNotOf(model, request),
    ...augmentProblems(request, dataset),
    ...normalizeProblems(request, dataset),
  ];
  if (wrong.length > 0) throw new UsageError("train", wrong);
  const given: SettingValues = Object.fromEntries(
    Object.entries(request).filter(([place]) => Object.hasOwn(settings, place)),
  );
  const settled = presetSettings({ model, preset }, given, {
    ...dataset,
    defaults: { ...dataset.defaults, shards: processes },
  });
  const problems = settingProblems(settled, given);
  if (problems.length > 0) throw new UsageError("train", problems);
  return settled;
};

/** The settings that `augmentProblems` looks at. */
export type AugmentSettings = Pick<TrainRequest, "flip" | "augment">;

/** What is wrong with `--augment`. `--flip` and `flip` in it are the same: with both, images are flipped once. */
export const augmentProblems = (
  { flip, augment }: AugmentSettings,
  { shape }: Pick<DatasetInfo, "shape">,
): string[] => {
  const list = augmentationsIn(augment);
  const problem = augmentSizeProblem(list, shape, "--augment");
  return [
    ...(problem === undefined ? [] : [problem]),
    ...(flip === false && list.some(({ name }) => name === "flip")
      ? [`expected --augment without flip with --no-flip, got ${augment}; leave out one of the two`]
      : []),
  ];
};

/** ImageNet's images have colours. */
const normalizeProblems = (
  { normalizeBy }: Pick<TrainRequest, "normalizeBy">,
  { shape: [, , channels] }: Pick<DatasetInfo, "shape">,
): string[] =>
  normalizeBy === "imagenet" && channels !== 3
    ? [`expected images of 3 channels for --normalize-by imagenet, got ${channels}; leave it out`]
    : [];

const augmentationsIn = (text: string | undefined) => (text ? parseAugment(text) : []);

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));

/** @throws UsageError when batches cannot be divided into these shards, or the shards among the processes */
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
 * Removes a preset's limit if the data set has no more images than that.
 *
 * @throws UsageError when the command line asks for more images than there are
 */
export const fitLimit = <S extends Settings>(
  { limit, ...settings }: S,
  { limit: asked }: Pick<TrainRequest, "limit">,
  { name, train }: Pick<Dataset<AnySplit>, "name"> & { train: Pick<AnySplit, "shape"> },
): Omit<S, "limit"> & Pick<Settings, "limit"> => {
  const [available] = train.shape;
  if (asked !== undefined && asked > available)
    throw new UsageError("train", [
      `expected --limit to be at most ${available}, the training images of ${name}${settings.valShare === undefined ? "" : " that are not held out"}, got ${asked}; leave it out to train on all`,
    ]);
  return limit === undefined || limit > available ? settings : { ...settings, limit };
};

/**
 * Gives a folder of pictures the epochs that it needs, where the command line does not say how many. Preset d2l is the book's and stays as it is.
 *
 * @param settings with the limit of `fitLimit`
 */
export const fitEpochs = <S extends Pick<Settings, "preset" | "epochs" | "batchSize" | "limit">>(
  settings: S,
  { epochs: asked }: Pick<TrainRequest, "epochs">,
  { folder, train }: Pick<Dataset<AnySplit>, "folder"> & { train: Pick<AnySplit, "shape"> },
): S => {
  if (!folder || asked !== undefined || settings.preset === "d2l") return settings;
  return { ...settings, epochs: epochsForPictures(settings, settings.limit ?? train.shape[0]) };
};
