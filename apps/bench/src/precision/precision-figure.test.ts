import { expect, test } from "vitest";
import { precisionFigure } from "./precision-figure.js";

test("draws a curve for each precision over the steps that its points stand for", () => {
  const row = (what: string, losses: number[]) => ({ what, flags: "", seed: 0, stepsAPoint: 25, losses });
  const svg = precisionFigure({ rows: [row("full", [2.3, 1.2, 0.9]), row("mixed", [2.3, 1.3, 0.8])] });
  expect(svg).toContain(
    "float32: 2.30 at first, 0.90 at last; mixed precision: 2.30 at first, 0.80 at last.",
  );
});
