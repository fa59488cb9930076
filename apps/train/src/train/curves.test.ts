import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { type Curves, drawCurves, recordCurves } from "./curves.js";

/** Events of a run whose batch loss falls and whose batch accuracy rises in a line. */
const record = (epochs: number, stepsPerEpoch: number, columns: number): Curves => {
  const recorder = recordCurves(
    epochs,
    { batches: stepsPerEpoch, batchSize: 1, examples: stepsPerEpoch },
    columns,
  );
  for (let step = 1; step <= epochs * stepsPerEpoch; step++) {
    const epoch = Math.ceil(step / stepsPerEpoch);
    const stepInEpoch = step - (epoch - 1) * stepsPerEpoch;
    const share = step / (epochs * stepsPerEpoch);
    // Running means of the epoch so far: of a line, the middle of its ends.
    const mean = (step - (stepInEpoch - 1) / 2) / (epochs * stepsPerEpoch);
    const figures = {
      epoch,
      step,
      loss: 2 - mean,
      trainAccuracy: mean,
      examplesPerSecond: 1,
      learningRate: 1,
    };
    recorder.step({ type: "step", ...figures, stepInEpoch });
    if (stepInEpoch === stepsPerEpoch) {
      recorder.epoch({ type: "epoch", ...figures, testAccuracy: share / 2, testLoss: 1, seconds: 1 });
    }
  }
  return recorder.curves;
};

describe("recordCurves", () => {
  it.each([
    [1, 938, 72, 72],
    [10, 469, 72, 70],
    [2, 3, 72, 6],
    [72, 10, 72, 72],
    [100, 10, 72, 50],
  ])("%d epochs of %d steps in %d columns make %d points", (epochs, steps, columns, points) => {
    expect(record(epochs, steps, columns).points).toHaveLength(points);
  });

  it("puts each epoch's test at the epoch's last point, which is its last step", () => {
    const { points, tests } = record(10, 469, 72);
    expect(tests.map(({ at }) => at)).toEqual([6, 13, 20, 27, 34, 41, 48, 55, 62, 69]);
    for (const { at, accuracy } of tests) {
      // The point is the middle of the epoch's last 67 steps.
      expect(points[at]!.trainAccuracy).toBeCloseTo(2 * accuracy - 33 / 4690, 9);
    }
  });
});

it("the loss has no cliff where an epoch begins", () => {
  const { points } = record(5, 40, 50);
  const falls = points.slice(1).map(({ loss }, i) => points[i]!.loss - loss);
  for (const fall of falls) expect(fall).toBeCloseTo(0.02, 9);
});

describe("drawCurves", () => {
  it("draws training and test on the same axes, the test from its first figure on", () => {
    expect(drawCurves(record(2, 8, 16), { epochs: 2, colours: false })).toEqual([
      "loss in training, epochs 1 to 2",
      "  1.94 ┼╮",
      "  1.82 ┤╰╮",
      "  1.70 ┤ ╰─╮",
      "  1.59 ┤   ╰─╮",
      "  1.47 ┤     ╰─╮",
      "  1.35 ┤       ╰─╮",
      "  1.23 ┤         ╰─╮",
      "  1.12 ┤           ╰─╮",
      "  1.00 ┤             ╰─",
      "",
      "accuracy: ─ in training, ═ on the test images",
      "  1.00 ┤              ╭",
      "  0.88 ┤             ╭╯",
      "  0.77 ┤           ╭─╯",
      "  0.65 ┤         ╭─╯",
      "  0.53 ┤       ╭─╯",
      "  0.41 ┤     ╭─╯    ╔══",
      "  0.30 ┤   ╭─╯  ╔═══╝",
      "  0.18 ┤ ╭─╯  ●═╝",
      "  0.06 ┼─╯",
    ]);
  });

  it("has the same picture in colours", () => {
    const curves = record(3, 40, 60);
    const plain = drawCurves(curves, { epochs: 3, colours: false });
    const colours = drawCurves(curves, { epochs: 3, colours: true });
    expect(colours.join("\n")).not.toBe(plain.join("\n"));
    expect(colours.map(stripVTControlCharacters)).toEqual(plain);
  });

  it("stays within its columns", () => {
    const lines = drawCurves(record(100, 10, 72), { epochs: 100, colours: false });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("survives a run that learned nothing", () => {
    const flat = { points: Array(5).fill({ loss: 2.4, trainAccuracy: 0.1 }), tests: [] };
    expect(drawCurves(flat, { epochs: 1, colours: false })).toHaveLength(21);
  });

  it("draws nothing of a single point", () => {
    expect(drawCurves(record(1, 1, 72), { epochs: 1, colours: false })).toEqual([]);
  });
});
