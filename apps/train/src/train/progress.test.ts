import { describe, expect, it } from "vitest";
import { bar, epochLine, progressLine, secondsLeft, totalPasses } from "./progress.js";

const work = { epochs: 2, stepsPerEpoch: 100, examples: 6400, testExamples: 6400 };
const step = {
  type: "step",
  epoch: 1,
  step: 50,
  stepInEpoch: 50,
  loss: 0.6124,
  trainAccuracy: 0.7716,
  examplesPerSecond: 412.4,
  learningRate: 0.1,
} as const;

describe("secondsLeft", () => {
  it("counts three passes for a training image and one for a test image", () => {
    expect(totalPasses(work)).toBe(2 * 4 * 6400);
    // Half an epoch's training is 1.5 of the run's 8 parts.
    expect(secondsLeft({ epoch: 1, stepInEpoch: 50 }, work, 15)).toBeCloseTo(65, 9);
    expect(secondsLeft({ epoch: 2, stepInEpoch: 100 }, work, 70)).toBeCloseTo(10, 9);
  });

  it("is nothing at the end of a run without tests", () => {
    expect(secondsLeft({ epoch: 2, stepInEpoch: 100 }, { ...work, testExamples: 0 }, 70)).toBe(0);
  });
});

describe("progressLine", () => {
  it("shows epoch, bar, loss, accuracy, speed and time left", () => {
    expect(progressLine(step, work, 15, 100)).toBe(
      "epoch 1/2 ━━━━━━━━━━━━──────────── 50%  loss 0.612  acc 0.772  412 images/s  1 min 05 s left",
    );
  });

  it.each([120, 80, 70, 60, 30, 1])("fits into %d columns", (columns) => {
    expect(progressLine(step, work, 15, columns).length).toBeLessThan(columns);
  });

  it("gives up the bar before any figure", () => {
    expect(progressLine(step, work, 15, 70)).toBe(
      "epoch 1/2 50%  loss 0.612  acc 0.772  412 images/s  1 min 05 s left".slice(0, 69),
    );
  });

  it("says so while the test images have their turn", () => {
    expect(progressLine({ ...step, stepInEpoch: 100 }, work, 15, 100)).toMatch(/100% .* testing \.\.\.$/);
  });
});

describe("bar", () => {
  it("is never longer than its width", () => {
    expect(bar(0, 4)).toBe("────");
    expect(bar(0.5, 4)).toBe("━━──");
    expect(bar(1.2, 4)).toBe("━━━━");
  });
});

describe("epochLine", () => {
  const epoch = { ...step, type: "epoch", epoch: 2, seconds: 61.4 } as const;

  it("shows training and test", () => {
    expect(epochLine({ ...epoch, testAccuracy: 0.79, testLoss: 0.5 }, 10)).toBe(
      "epoch  2/10  loss 0.612  train acc 0.772  test acc 0.790  412 images/s  1 min 01 s",
    );
  });

  it("leaves out a test that did not happen", () => {
    expect(epochLine(epoch, 2)).toBe("epoch 2/2  loss 0.612  train acc 0.772  412 images/s  1 min 01 s");
  });
});
