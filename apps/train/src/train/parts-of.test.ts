import { UsageError } from "@mlpconv/cli-kit";
import { synthetic } from "@mlpconv/datasets";
import { describe, expect, it } from "vitest";
import { readTrainOptions } from "./options.js";
import { partsOf } from "./parts-of.js";

const { train, test } = synthetic({ train: 30, test: 10, size: 8 });
const data = { name: "photos", classes: ["cat", "dog", "emu", "fox"], test };
/** The training images with labels of these numbers of images. */
const withCounts = (...counts: number[]) => ({
  ...data,
  train: { ...train, labels: Uint8Array.from(counts.flatMap((n, label) => Array(n).fill(label))) },
});

describe("--val-share", () => {
  it("holds out images of each class, and none without it", () => {
    const { train: kept, validation } = partsOf({ valShare: 0.2 }, withCounts(20, 5, 5));
    expect([kept.shape[0], validation!.shape[0]]).toEqual([24, 6]);
    expect(partsOf({}, withCounts(29, 1))).toMatchObject({ train: { shape: [30, 8, 8, 1] }, test });
  });

  it("names the classes that have too few images", () => {
    expect(() => partsOf({ valShare: 0.2 }, withCounts(28, 1, 1, 0))).toThrow(
      new UsageError("train", [
        "expected at least 2 training images of each class with --val-share, got 1 of dog, emu in photos; add pictures, or leave --val-share out",
      ]),
    );
  });

  it.each(["0", "1", "-0.1", "a", ""])("refuses %j", (share) => {
    expect(() => readTrainOptions({ valShare: share })).toThrow(
      `expected --val-share to be a number above 0 and below 1, such as 0.2, got "${share}"`,
    );
  });
});
