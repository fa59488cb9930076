// How far the networks are: their curves and last figures, redrawn a few times a second however fast they train.
import type { StepEvent } from "@mlpconv/trainer";
import { signal } from "@preact/signals";
import type { Progress } from "../../session/session.js";
import { type Curve, emptyCurve, type LiveCurve, liveCurve } from "./live-curve.js";

/** How far a network is. */
export interface Standing {
  curve: Curve;
  /** The last step; absent before the first. */
  last?: StepEvent;
  /** Accuracy of each class after the last epoch. */
  classAccuracies?: readonly number[];
  testAccuracy?: number;
}

/** Milliseconds between two updates of the curves. */
const redraw = 100;

/** @param nextFrame calls back before the next frame is drawn */
export const createStandings = (nextFrame: (callback: () => void) => void) => {
  const standings = signal<readonly Standing[]>([]);
  let curves: LiveCurve[] = [];
  let drawAt = 0;
  let drawPlanned = false;
  const fresh: Partial<Standing>[] = [];

  const flush = () => {
    drawPlanned = false;
    drawAt = performance.now();
    standings.value = standings
      .peek()
      .map((standing, i) => ({ ...standing, ...fresh[i], curve: curves[i]?.curve() ?? emptyCurve }));
    fresh.length = 0;
  };
  const plan = () => {
    if (drawPlanned) return;
    drawPlanned = true;
    setTimeout(() => nextFrame(flush), Math.max(0, drawAt + redraw - performance.now()));
  };

  return {
    standings,
    /** Number of networks. */
    count: () => curves.length,
    /** Steps of the network that is furthest, as far as they are drawn. */
    steps: () => Math.max(0, ...standings.peek().map(({ last }) => last?.step ?? 0)),
    /** Begins anew, with so many networks. */
    clear: (stepsPerEpoch: readonly number[]): void => {
      curves = stepsPerEpoch.map(liveCurve);
      fresh.length = 0;
      standings.value = curves.map(() => ({ curve: emptyCurve }));
    },
    /** Adds a step or an epoch; it is drawn with the next redraw. */
    add: (progress: Extract<Progress, { type: "step" | "epoch" }>): void => {
      const { network } = progress;
      fresh[network] ??= {};
      if (progress.type === "step") {
        curves[network]?.step(progress);
        fresh[network].last = progress;
      } else {
        const { epoch, testAccuracy, classAccuracies } = progress;
        fresh[network].classAccuracies = classAccuracies;
        if (testAccuracy !== undefined) {
          curves[network]?.test(epoch, testAccuracy);
          fresh[network].testAccuracy = testAccuracy;
        }
      }
      plan();
    },
    /** Draws at once what was added. */
    flush,
  };
};
