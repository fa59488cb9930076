// Accuracy of each class, as bars.
import { type Evaluation, worstClasses } from "@mlpconv/runs";
import { classAccuracies } from "../class-accuracies.js";
import { count, decimal } from "../format.js";
import { markup } from "../markup.js";
import { colour } from "../themes.js";
import { figure, fitLabel } from "./figure.js";

const row = 26;
const bar = 16;
const labels = 110;
const longest = 290;
const width = labels + longest + 64;

/** Bars that are drawn at most. */
const mostBars = 30;

/** Indices of the classes that have a bar: all of up to 30 classes, in their order; of more, the 30 least accurate, the worst first. */
export const barClasses = (evaluation: Evaluation): number[] => {
  const accuracies = classAccuracies(evaluation);
  if (accuracies.length <= mostBars) return [...accuracies.keys()];
  return worstClasses(accuracies.map((accuracy) => ({ accuracy }))).slice(0, mostBars);
};

/** Accuracy by class as SVG, a bar for each class; of more than 30 classes, the 30 least accurate. */
export const classAccuracy = (name: string, evaluation: Evaluation): string => {
  const accuracies = classAccuracies(evaluation);
  const shown = barClasses(evaluation);
  const said = shown.map((i) => `${evaluation.classes[i]!.name} ${words(accuracies[i]!)}`).join(", ");
  const all = accuracies.length;
  return figure(
    {
      width,
      height: 12 + row * shown.length,
      title: `Accuracy of ${name} by class`,
      description:
        shown.length < all
          ? `The ${shown.length} least accurate of ${count(all)} classes: ${said}.`
          : `${said}.`,
    },
    shown.map((i, at) => {
      const accuracy = accuracies[i]!;
      const top = 6 + row * at;
      const text = top + row / 2 + 4;
      const y = top + (row - bar) / 2;
      const length = longest * (accuracy ?? 0);
      return markup`<text x="${labels - 8}" y="${text}" text-anchor="end">${fitLabel(evaluation.classes[i]!.name, labels - 20)}</text><rect x="${labels}" y="${y}" width="${longest}" height="${bar}" fill="${colour("grid")}" fill-opacity="0.5"/><rect class="bar" x="${labels}" y="${y}" width="${length}" height="${bar}" fill="${colour("series-1")}"/><text x="${labels + longest + 8}" y="${text}">${words(accuracy)}</text>`;
    }),
  );
};

const words = (accuracy: number | null): string => (accuracy === null ? "no images" : decimal(accuracy));
