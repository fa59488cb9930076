// Each run as a dot, in a row for its way to train: shows what a median hides, such as runs that never learned.
import { median } from "d3-array";
import { scaleLinear } from "d3-scale";
import { decimal } from "../format.js";
import { markup } from "../markup.js";
import { colour } from "../themes.js";
import { figure, fitLabel, textWidth } from "./figure.js";

/** A row of dots: the runs of one way to train. */
export interface Strip {
  /** Label: what all runs of the row share. */
  label: string;
  /** Test accuracy of each run, 0 to 1. At least one. */
  accuracies: readonly number[];
}

const row = 24;
const top = 10;
const right = 60;
const plot = 420;
const narrowest = 0.05;

/** Rows from above down as they come; a bar marks each median, which is written at the right. */
export const accuracyStrips = (title: string, strips: readonly Strip[]): string => {
  const left = 16 + Math.ceil(Math.min(280, Math.max(...strips.map(({ label }) => textWidth(label)))));
  const width = left + plot + right;
  const bottom = top + row * strips.length;
  const all = strips.flatMap(({ accuracies }) => accuracies);
  const [lowest, highest] = [Math.min(...all), Math.max(...all)];
  // Runs that agree shall look as if they do.
  const room = Math.max(0, narrowest - (highest - lowest)) / 2;
  const x = scaleLinear([lowest - room, Math.min(1, highest + room)], [left, left + plot]).nice(5);
  const medians = strips.map(({ accuracies }) => median(accuracies)!);
  const said = strips.map(
    ({ label, accuracies }, i) =>
      `${label} ${decimal(medians[i]!)} (${accuracies.length} ${accuracies.length === 1 ? "run" : "runs"})`,
  );
  return figure(
    { width, height: bottom + 40, title, description: `Median test accuracy: ${said.join(", ")}.` },
    x
      .ticks(5)
      .map(
        (tick) =>
          markup`<path d="M${x(tick)} ${top}V${bottom}" stroke="${colour("grid")}"/><text x="${x(tick)}" y="${bottom + 16}" text-anchor="middle" fill="${colour("muted")}">${x.tickFormat(5)(tick)}</text>`,
      ),
    markup`<text x="${left + plot / 2}" y="${bottom + 34}" text-anchor="middle">test accuracy</text>`,
    strips.map(({ label, accuracies }, i) => {
      const y = top + row * (i + 0.5);
      const middle = x(medians[i]!);
      return [
        markup`<text x="${left - 10}" y="${y + 4}" text-anchor="end">${fitLabel(label, left - 16)}</text>`,
        accuracies.map(
          (accuracy) =>
            markup`<circle class="run" cx="${x(accuracy)}" cy="${y}" r="4" fill="${colour("series-1")}" fill-opacity="0.6"/>`,
        ),
        markup`<path class="median" d="M${middle} ${y - 9}V${y + 9}" stroke="${colour("ink")}" stroke-width="2"/>`,
        markup`<text x="${left + plot + right - 8}" y="${y + 4}" text-anchor="end">${decimal(medians[i]!)}</text>`,
      ];
    }),
  );
};
