import type { Run } from "@mlpconv/runs";
import { expect, it } from "vitest";
import { enoughOf } from "./comparison.js";
import { figures, medianAccuracy } from "./comparison-row.js";

interface Told {
  seed: number;
  /** Test accuracies, one for each epoch of 10 s. */
  accuracies: number[];
  rate?: number;
  rss?: number;
  loss?: number;
}

const runOf = ({ seed, accuracies, rate = 100, rss = 1, loss = 0.5 }: Told): Run => {
  const progress = { step: 1, loss, trainAccuracy: 0.5, examplesPerSecond: rate };
  return {
    name: `run-${seed}`,
    config: { model: "lenet", data: { name: "made" }, resize: 28, seed },
    events: [
      { type: "start", epochs: accuracies.length, stepsPerEpoch: 1, examples: 256, parameters: 9 },
      ...accuracies.map((testAccuracy, i) => ({
        type: "epoch" as const,
        ...progress,
        epoch: i + 1,
        testAccuracy,
        seconds: 10 * (i + 1),
      })),
    ],
    summary: {
      model: "lenet",
      preset: "quick",
      engine: "cpu",
      dataset: "made",
      seed,
      epochs: accuracies.length,
      loss,
      trainAccuracy: 0.5,
      testAccuracy: accuracies.at(-1)!,
      examplesPerSecond: rate,
      parameters: 9,
      seconds: 10 * accuracies.length,
      peakRssBytes: rss,
      interrupted: false,
    },
  };
};

it("takes medians over the seeds, the largest memory, and the first test of .85", () => {
  const row = figures(
    [
      runOf({ seed: 0, accuracies: [0.8, 0.85, 0.9], rate: 100, rss: 5, loss: 0.3 }),
      runOf({ seed: 1, accuracies: [0.86, 0.8, 0.88], rate: 300, rss: 9, loss: 0.4 }),
      runOf({ seed: 2, accuracies: [0.1, 0.1, 0.1], rate: 200, rss: 7, loss: 2.3 }),
    ],
    0.85,
  );
  expect(row).toEqual({
    model: "lenet",
    network: "lenet",
    resize: 28,
    epochs: 3,
    trainingImages: 256,
    seeds: [0, 1, 2],
    peakRssBytes: 9,
    trainingImagesPerSecond: 200,
    // 20, 10 and never.
    secondsToEnough: 20,
    reachedEnough: 2,
    testAccuracy: { median: 0.88, min: 0.1, max: 0.9, interval: [0.1, 0.9] },
    loss: 0.4,
  });
});

it("a net that is narrower than its paper's says so", () => {
  const run = runOf({ seed: 0, accuracies: [0.9] });
  const net = { ratio: 4, init: { weights: "he", biases: "zeros" } } as const;
  expect(figures([{ ...run, config: { ...run.config, model: "vgg11", net } }], 0.85).network).toBe(
    "vgg11, 1/4 width",
  );
});

it("says that .85 was not reached when most runs never did", () => {
  const row = figures(
    [0, 1, 2].map((seed) => runOf({ seed, accuracies: [seed === 0 ? 0.9 : 0.8] })),
    0.85,
  );
  expect(row.secondsToEnough).toBeNull();
  expect(row.reachedEnough).toBe(1);
});

it("the accuracy that counts as enough is 95% of the best, in hundredths", () => {
  expect([0.9, 0.88, 1, 0.2, 0].map(enoughOf)).toEqual([0.85, 0.83, 0.95, 0.19, 0.01]);
  const runs = [0.6, 0.2, 0.4].map((accuracy, seed) => runOf({ seed, accuracies: [0.1, accuracy] }));
  expect(figures(runs, enoughOf(medianAccuracy(runs)))).toMatchObject({
    secondsToEnough: 20,
    reachedEnough: 2,
  });
});

it("refuses a run that was not tested", () => {
  const { summary: _, ...unfinished } = runOf({ seed: 0, accuracies: [0.9] });
  expect(() => figures([unfinished], 0.85)).toThrow("expected run-0 to be finished and tested");
});

it("has the median accuracy on images that are held out, in a line of its own", () => {
  const runs = [0.5, 0.8, 0.6].map((validationAccuracy, seed) => {
    const run = runOf({ seed, accuracies: [0.5] });
    return { ...run, summary: { ...run.summary!, validationAccuracy } };
  });
  expect(figures(runs, 0.85).validationAccuracy).toBe(0.6);
});
