import { describe, expect, test } from "vitest";
import { countConfidence } from "./confidence.js";
import { macroF1 } from "./confusion.js";

const batch = (rows: number[][], labels: number[]) => ({
  first: 0,
  labels: Int32Array.from(labels),
  predicted: Int32Array.from(rows, (row) => row.indexOf(Math.max(...row))),
  logits: Float32Array.from(rows.flat()),
  classes: rows[0]!.length,
  lossSum: 0,
});

describe("countConfidence", () => {
  test("gives the error between what a model says and how often it is right", () => {
    const { add, figures } = countConfidence(2);
    // Probabilities 0.75, 0.75 (one right of two) and 0.9 (right).
    const at = (p: number) => Math.log(p / (1 - p));
    add(
      batch(
        [
          [at(0.75), 0],
          [at(0.75), 0],
        ],
        [0, 1],
      ),
    );
    add(batch([[0, at(0.9)]], [1]));
    expect(figures().calibrationError).toBeCloseTo((2 * 0.25 + 0.1) / 3, 6);
    expect(figures()).not.toHaveProperty("top5Accuracy");
  });

  test("counts a class among the five highest logits, the first of equal ones first", () => {
    const { add, figures } = countConfidence(7);
    add(
      batch(
        [
          [7, 6, 5, 4, 3, 2, 1],
          [7, 6, 5, 4, 3, 2, 1],
          [0, 0, 0, 0, 0, 0, 0],
          [0, 0, 0, 0, 0, 0, 0],
        ],
        [4, 5, 4, 5],
      ),
    );
    expect(figures().top5Accuracy).toBe(0.5);
  });
});

test("macroF1 is scikit-learn's: classes that neither occur nor are predicted are left out", () => {
  // f1_score([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 3, 1], average="macro") of scikit-learn: (0.8 + 0.4 + 0 + 0) / 4
  const confusion = [
    [2, 1, 0, 0, 0],
    [0, 1, 0, 1, 0],
    [0, 1, 0, 0, 0],
    [0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0],
  ];
  expect(macroF1(confusion)).toBeCloseTo(0.3, 9);
});
