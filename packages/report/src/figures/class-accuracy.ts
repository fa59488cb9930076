// Accuracy of each class, as bars.
import type { Evaluation } from "@mlpconv/runs";
import { classAccuracies } from "../class-accuracies.js";
import { decimal } from "../format.js";
import { markup } from "../markup.js";
import { colour } from "../themes.js";
import { figure, fitText } from "./figure.js";

const row = 26;
const bar = 16;
const labels = 86;
const longest = 290;
const width = labels + longest + 64;

/** Accuracy of each class as SVG, a bar for each. */
export const classAccuracy = (name: string, evaluation: Evaluation): string => {
  const accuracies = classAccuracies(evaluation);
  const said = evaluation.classes.map(({ name }, i) => `${name} ${words(accuracies[i]!)}`);
  return figure(
    {
      width,
      height: 12 + row * accuracies.length,
      title: `Accuracy of ${name} by class`,
      description: `${said.join(", ")}.`,
    },
    accuracies.map((accuracy, i) => {
      const y = 6 + row * i;
      const text = y + row / 2 + 4;
      const at = y + (row - bar) / 2;
      const length = longest * (accuracy ?? 0);
      return markup`<text x="${labels - 8}" y="${text}" text-anchor="end">${fitText(evaluation.classes[i]!.name, labels - 10)}</text><rect x="${labels}" y="${at}" width="${longest}" height="${bar}" fill="${colour("grid")}" fill-opacity="0.5"/><rect class="bar" x="${labels}" y="${at}" width="${length}" height="${bar}" fill="${colour("series-1")}"/><text x="${labels + longest + 8}" y="${text}">${words(accuracy)}</text>`;
    }),
  );
};

const words = (accuracy: number | null): string => (accuracy === null ? "no images" : decimal(accuracy));
