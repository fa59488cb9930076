// The training step in Chromium takes at most 1.3 times what it takes in Node, on one thread and on several.
import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { chromiumPath, skippedWithoutChromium } from "../../../test/chromium.js";
import { nightly } from "../../../test/nightly.js";
import { measureBeside } from "./browser.js";

it.runIf(nightly && chromiumPath)(
  `ninMnist's training step in Chromium takes at most 1.3 times that in Node${skippedWithoutChromium}`,
  { timeout: 300_000, retry: 2 },
  async () => {
    const { rows } = await measureBeside({
      cases: ["ninMnist-28"],
      batch: 32,
      steps: 4,
      rounds: 3,
      chromium: chromiumPath!,
    });
    expect(rows.map(({ device }) => Number.parseInt(device, 10))).toEqual([
      ...new Set([1, Math.min(availableParallelism(), 16)]),
    ]);
    for (const { threads, ratio } of rows) expect(ratio, `${threads} threads`).toBeLessThan(1.3);
  },
);
