import { fashionMnistInfo } from "@mlpconv/datasets";
import { classFigures } from "@mlpconv/runs";
import { expect, it } from "vitest";
import { evaluationTable } from "./table.js";

const table = (counts: number[][], names: readonly string[]) =>
  evaluationTable({
    accuracy: 0.75,
    loss: 0.61234,
    examples: 10_000,
    classes: classFigures(counts, names),
    confusion: counts,
  });

it("shows each class's figures and the confusion matrix, zeros as dots", () => {
  const counts = [
    [998, 2, 0],
    [0, 500, 0],
    [1000, 0, 0],
  ];
  expect(table(counts, ["coat", "ankle boot", "bag"])).toEqual([
    "accuracy 0.7500, loss 0.6123 on 10,000 test images",
    "",
    "class       accuracy precision",
    "coat           0.998     0.499",
    "ankle boot     1.000     0.996",
    "bag            0.000      none",
    "",
    "rows: true class; columns: predicted class",
    "            coat ankle   bag",
    "coat         998     2     ·",
    "ankle boot     ·   500     ·",
    "bag         1000     ·     ·",
  ]);
});

it("fits 80 columns with Fashion-MNIST's classes, whose short names still differ", () => {
  const counts = fashionMnistInfo.classes.map(() => fashionMnistInfo.classes.map(() => 1000));
  const lines = table(counts, fashionMnistInfo.classes);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  const heads = lines.at(-11)!.trim().split(/ +/);
  expect(new Set(heads).size).toBe(10);
});
