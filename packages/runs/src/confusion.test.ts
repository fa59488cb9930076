import { describe, expect, it } from "vitest";
import { accuracyOf, classFigures, confusedPairs, countConfusion, worstClasses } from "./confusion.js";

describe("a confusion matrix", () => {
  it("counts every image once, in the row of its class and the column of its prediction", () => {
    const { confusion, add } = countConfusion(2);
    add({ labels: Int32Array.from([1, 0]), predicted: Int32Array.from([1, 0]) });
    add({ labels: Int32Array.from([1, 1, 0]), predicted: Int32Array.from([0, 1, 1]) });
    expect(confusion).toEqual([
      [1, 1],
      [1, 2],
    ]);
  });

  const counts = [
    [3, 1, 0],
    [0, 2, 0],
    [0, 0, 0],
  ];

  it("gives the share of its diagonal as the accuracy", () => expect(accuracyOf(counts)).toBe(5 / 6));

  it("gives a class's accuracy by its row and its precision by its column, and never divides by zero", () => {
    expect(classFigures(counts, ["bag", "coat", "dress"])).toEqual([
      { name: "bag", examples: 4, accuracy: 3 / 4, precision: 1 },
      { name: "coat", examples: 2, accuracy: 1, precision: 2 / 3 },
      { name: "dress", examples: 0, accuracy: null, precision: null },
    ]);
  });

  it("gives the most frequent mistakes first, and no right answers", () => {
    const confusion = [
      [9, 1, 0],
      [4, 9, 1],
      [0, 0, 0],
    ];
    expect(confusedPairs(confusion)).toEqual([
      { label: 1, predicted: 0, images: 4 },
      { label: 0, predicted: 1, images: 1 },
      { label: 1, predicted: 2, images: 1 },
    ]);
  });

  it("gives the least accurate classes first, and those without images last", () => {
    const accuracies = [null, 0.5, 1, 0.25, 0.5, null];
    expect(worstClasses(accuracies.map((accuracy) => ({ accuracy })))).toEqual([3, 1, 4, 2, 0, 5]);
  });
});
