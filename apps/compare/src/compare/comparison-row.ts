// One row of a comparison: a net's cost from its shapes, its figures from its runs.

import { join } from "node:path";
import type { ModelName } from "@mlpconv/models";
import { summary } from "@mlpconv/models";
import { networkName } from "@mlpconv/report";
import { type Run, settings, valueAt } from "@mlpconv/runs";
import { buildNet, RunFolderError, readTrainedConfig } from "@mlpconv/runs/node";
import { type ComparisonRow, shownPlaces } from "./comparison.js";
import { median, medianInterval } from "./statistics.js";

/**
 * @param enough test accuracy to which the time is told
 * @param inferenceImagesPerSecond of one of them, or null where it was not measured
 */
export const comparisonRow = async (
  runs: readonly { folder: string; run: Run }[],
  enough: number,
  inferenceImagesPerSecond: number | null,
): Promise<ComparisonRow> => {
  checkSameRecipe(runs.map(({ run }) => run));
  const config = await readTrainedConfig(join(runs[0]!.folder, "config.json"));
  return {
    ...costs(config),
    ...figures(
      runs.map(({ run }) => run),
      enough,
    ),
    inferenceImagesPerSecond,
  };
};

/** What shapes alone tell. */
const costs = (config: Awaited<ReturnType<typeof readTrainedConfig>>) => {
  const model = buildNet(config);
  const { parameters, multiplyAccumulates, activationBytes } = summary(model);
  model.dispose();
  return { parameters, multiplyAccumulates, activationBytes };
};

const testedSummary = ({ name, summary }: Run) => {
  const { testAccuracy } = summary ?? {};
  if (!summary || testAccuracy == null)
    throw new Error(`compare: expected ${name} to be finished and tested`);
  return { ...summary, testAccuracy };
};

/** Median test accuracy of finished runs of one net. @throws Error when one of them was not tested */
export const medianAccuracy = (runs: readonly Run[]): number =>
  median(runs.map((run) => testedSummary(run).testAccuracy));

/** What finished runs of one net tell together. @throws Error when one of them was not tested */
export const figures = (runs: readonly Run[], enough: number) => {
  const summaries = runs.map(testedSummary);
  const { config, events } = runs[0]!;
  const start = events.find((event) => event.type === "start");
  const accuracies = summaries.map(({ testAccuracy }) => testAccuracy);
  // A run that never got there takes longer than every other.
  const seconds = runs.map((run) => secondsTo(enough, run) ?? Number.POSITIVE_INFINITY);
  const validations = summaries.flatMap(({ validationAccuracy }) => validationAccuracy ?? []);
  const losses = summaries.map(({ loss }) => loss);
  return {
    model: config.model as ModelName,
    network: networkName(runs[0]!),
    ...Object.fromEntries(shownPlaces.map((place) => [place, valueAt(config, place)])),
    // Early stopping ends runs at different epochs.
    epochs: Math.max(...summaries.map(({ epochs }) => epochs)),
    trainingImages: start!.examples,
    seeds: runs.map(({ config }) => config.seed!),
    peakRssBytes: Math.max(...summaries.map(({ peakRssBytes }) => peakRssBytes)),
    trainingImagesPerSecond: median(summaries.map(({ examplesPerSecond }) => examplesPerSecond)),
    secondsToEnough: finite(median(seconds)),
    reachedEnough: seconds.filter(Number.isFinite).length,
    testAccuracy: {
      median: median(accuracies),
      min: Math.min(...accuracies),
      max: Math.max(...accuracies),
      interval: medianInterval(accuracies) ?? null,
    },
    ...(validations.length > 0 && { validationAccuracy: median(validations) }),
    // JSON has no NaN: the loss of a run that diverged is null in its file.
    loss: losses.some((loss) => loss === null) ? null : median(losses),
  };
};

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** When a test after an epoch, of held-out images where the test images are tested once, first gave that accuracy; training goes on meanwhile, so it is exact to an epoch. */
const secondsTo = (accuracy: number, { events }: Run): number | undefined =>
  events
    .filter((event) => event.type === "epoch")
    .find(({ testAccuracy, validationAccuracy = 0 }) => (testAccuracy ?? validationAccuracy) >= accuracy)
    ?.seconds;

const recipe = [...Object.keys(settings).filter((place) => place !== "seed"), "net.ratio"];

/**
 * A median over runs means something only when they were trained alike.
 *
 * @throws RunFolderError with the first difference
 */
const checkSameRecipe = ([first, ...others]: readonly Run[]): void => {
  for (const run of others) {
    for (const place of recipe) {
      const [was, is] = [first!, run].map(({ config }) => JSON.stringify(valueAt(config, place)) ?? "none");
      if (was === is) continue;
      throw new RunFolderError(
        `compare: expected runs of one net to be trained alike, got ${place} ${was} in ${first!.name} and ${is} in ${run.name}; ` +
          "give the comparison another --name or remove one of them",
      );
    }
  }
};
