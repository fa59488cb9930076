// Lists of augmentations as text and back, and what is refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DatasetError } from "../dataset-error.js";
import {
  type Augmentation,
  augmentationNames,
  brightness,
  contrast,
  erase,
  flip,
  mixup,
  operations,
  rotate,
  scale,
  shift,
} from "./operations.js";
import { augmentHelp, augmentProblem, augmentText, parseAugment } from "./text.js";

describe("the text of augmentations", () => {
  it("is read in the order in which the operations are applied", () => {
    expect(parseAugment("erase:8, shift:2,flip")).toEqual([flip(), shift(2), erase(8)]);
    expect(parseAugment("mixup:0.2,contrast:0.4,brightness:1,scale:1.25,rotate:10.50")).toEqual([
      rotate(10.5),
      scale(1.25),
      brightness(1),
      contrast(0.4),
      mixup(0.2),
    ]);
  });

  it("is the same for all lists that do the same", () => {
    expect(augmentText(parseAugment("erase:08,rotate:10.0,flip"))).toBe("flip,rotate:10,erase:8");
    expect(augmentText([])).toBe("");
  });

  it("holds any list", () => {
    const any = fc.uniqueArray(fc.constantFrom(...augmentationNames)).chain((names) =>
      fc.tuple(
        ...names.map((name): fc.Arbitrary<Augmentation> => {
          const facts: (typeof operations)[keyof typeof operations] = operations[name];
          if (!("value" in facts)) return fc.constant({ name });
          const { from, to, whole } = facts.value;
          const value = whole
            ? fc.integer({ min: from, max: to })
            : fc.double({ min: from, max: to, noNaN: true });
          return value.map((number) => ({ name, value: number }));
        }),
      ),
    );
    fc.assert(
      fc.property(
        any.filter((list) => list.length > 0),
        (list) => {
          const read = parseAugment(augmentText(list));
          expect(new Set(read)).toEqual(new Set(list));
          expect(augmentText(read)).toBe(augmentText(list));
        },
      ),
    );
  });

  it.each([
    [
      "",
      'expected each operation of augment to be one of flip, shift:P, rotate:D, scale:S, brightness:B, contrast:C, erase:S, mixup:A, got ""; write for example shift:2,erase:8',
    ],
    ["shift:2,", 'mixup:A, got ""; write for example shift:2,erase:8'],
    ["crop:4", 'got "crop:4"; write for example shift:2,erase:8'],
    ["toString", 'got "toString"'],
    ["flip:1", 'expected flip of augment without a number, got "flip:1"; write flip'],
    [
      "shift",
      'expected shift of augment to be shift:P with P a whole number from 1 to 1024 (pixels), got "shift"; for example shift:2',
    ],
    ["shift:2.5", 'got "shift:2.5"; for example shift:2'],
    ["shift:-2", 'got "shift:-2"; for example shift:2'],
    ["shift:", 'got "shift:"; for example shift:2'],
    ["erase:1e1", 'got "erase:1e1"; for example erase:8'],
    ["rotate:181", "rotate:D with D a number from 0.1 to 180 (degrees)"],
    ["scale:1", "scale:S with S a number from 1.01 to 2 (a factor)"],
    ["brightness:2", "brightness:B with B a number from 0.01 to 1 (a share)"],
    ["contrast:0", "contrast:C with C a number from 0.01 to 1 (a share)"],
    ["mixup:0", "mixup:A with A a number from 0.01 to 10 (alpha)"],
    ["flip,shift:2,flip", "expected each operation of augment once, got flip twice; leave one of them out"],
    ["shift:2,shift:3", "got shift twice"],
  ])("refuses %j", (text, words) => {
    expect(augmentProblem(text)).toContain(words);
    expect(augmentProblem(text, "--augment")).toContain(words.replace("of augment", "of --augment"));
    expect(() => parseAugment(text)).toThrow(DatasetError);
    expect(() => parseAugment(text)).toThrow(`augment: ${augmentProblem(text)}`);
  });

  it("finds nothing wrong with a list", () => {
    expect(augmentProblem("shift:2,flip")).toBeUndefined();
  });

  it("has a line of help for each operation", () => {
    expect(augmentHelp().map(([form]) => form.split(":")[0])).toEqual(augmentationNames);
  });
});

it("refuses numbers that an operation cannot have", () => {
  expect(() => shift(0)).toThrow(
    "shift: expected shift of augment to be shift:P with P a whole number from 1 to 1024 (pixels), got shift(0); for example shift:2",
  );
  for (const make of [shift, rotate, scale, brightness, contrast, erase, mixup])
    for (const value of [-1, Number.NaN, Infinity, 5000]) expect(() => make(value)).toThrow(DatasetError);
});
