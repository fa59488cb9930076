import { fashionMnistInfo } from "@mlpconv/datasets";
import { classFigures, columnsOf } from "@mlpconv/runs";
import { classNames } from "@mlpconv/testing";
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

/** Of n classes of 100 images, class i has n - i wrong, up to all; those are predicted as the class after it. */
const falling = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => {
    const wrong = Math.min(100, n - i);
    return Array.from({ length: n }, (_, j) => (j === i ? 100 - wrong : j === (i + 1) % n ? wrong : 0));
  });

it.each([11, 31, 200, 1000])("fits 80 columns with %i classes in any script", (n) => {
  const lines = table(falling(n), classNames(n));
  expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(80);
  expect(lines.length).toBeLessThan(60);
  expect(lines.join("\n")).not.toContain("rows: true class");
});

it("of many classes, shows the least accurate and the most frequent mistakes, and how many there are", () => {
  const lines = table(falling(90), classNames(90));
  const to = lines.lastIndexOf("");
  expect(lines[2]).toBe("the 20 least accurate of 90 classes; --json has all");
  expect(lines.slice(3, to)).toHaveLength(21);
  expect(lines[4]).toMatch(/^ankle boot +0\.100 +\S+$/);
  expect(lines[5]).toMatch(/^红色的长外套 +0\.110 +\S+$/);
  expect(lines[to + 1]).toBe("the 20 most frequent of 90 kinds of mistake, as a share of the true class");
  expect(lines.slice(to + 2)).toHaveLength(21);
  expect(lines[to + 3]).toMatch(/^ankle boot +红色的长外套 +90 +0\.900$/);
});

it("aligns figures beside names with wide letters", () => {
  const rows = table(falling(6), classNames(6)).slice(2, 9);
  expect(new Set(rows.map(columnsOf)).size).toBe(1);
});

it("says so where many classes have no mistakes", () => {
  const right = falling(40).map((row, i) => row.map((_, j) => (i === j ? 100 : 0)));
  expect(table(right, classNames(40)).at(-1)).toBe("no mistakes");
});

it("shows names with control characters on one line", () => {
  const [, , , first] = table(
    [
      [1, 0],
      [0, 1],
    ],
    ["a\nb", "\u001b[31mred"],
  );
  expect(first).toMatch(/^a\\u000ab +1\.000 +1\.000$/);
});
