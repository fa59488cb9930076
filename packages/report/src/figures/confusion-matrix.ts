// Confusion matrix. Rows: true class; columns: predicted class. Right answers are blue, mistakes orange, so that both can be seen.
import type { Evaluation } from "@mlpconv/runs";
import { classAccuracies } from "../class-accuracies.js";
import { count, decimal } from "../format.js";
import { markup } from "../markup.js";
import { colour } from "../themes.js";
import { figure, fitText } from "./figure.js";

const cell = 36;
const labels = 86;
const top = 26;

/** Share from which text in the paper's colour is easier to read on the cell than ink. */
const darkCell = 0.72;

/** Confusion matrix as SVG. Rows: true class; columns: predicted class; each cell: number of images. */
export const confusionMatrix = (name: string, evaluation: Evaluation): string => {
  const { classes, confusion, accuracy } = evaluation;
  const size = classes.length * cell;
  const [width, height] = [labels + size + 14, top + size + labels];
  const label = (i: number) => fitText(classes[i]!.name, labels - 8);
  return figure(
    {
      width,
      height,
      title: `Confusion matrix of ${name}`,
      description: `${decimal(accuracy, 4)} of the test images are right. ${worstPair(evaluation)}`,
    },
    markup`<text x="${labels + size / 2}" y="14" text-anchor="middle" fill="${colour("muted")}">rows: true class, columns: answer</text>`,
    confusion.map((row, i) => {
      const examples = Math.max(
        1,
        row.reduce((a, b) => a + b, 0),
      );
      const y = top + i * cell;
      return [
        markup`<text x="${labels - 6}" y="${y + cell / 2 + 4}" text-anchor="end">${label(i)}</text>`,
        row.map((images, j) => {
          const x = labels + j * cell;
          // The root makes the few that are wrong visible beside the many that are right.
          const shade = Math.sqrt(images / examples);
          const ink = shade > darkCell ? "on-heat" : images === 0 ? "muted" : "ink";
          return markup`<rect x="${x}" y="${y}" width="${cell - 1}" height="${cell - 1}" fill="${colour("grid")}" fill-opacity="0.35"/><rect class="cell" x="${x}" y="${y}" width="${cell - 1}" height="${cell - 1}" fill="${colour(i === j ? "heat" : "warm")}" fill-opacity="${shade}"/><text x="${x + cell / 2}" y="${y + cell / 2 + 4}" font-size="11" text-anchor="middle" fill="${colour(ink)}">${String(images)}</text>`;
        }),
      ];
    }),
    classes.map(
      (_, j) =>
        markup`<text transform="translate(${labels + j * cell + cell / 2 + 5} ${top + size + 12}) rotate(-50)" text-anchor="end">${label(j)}</text>`,
    ),
  );
};

const worstPair = (evaluation: Evaluation): string => {
  const { classes, confusion } = evaluation;
  let worst = { i: 0, j: 0, images: 0 };
  confusion.forEach((row, i) => {
    row.forEach((images, j) => {
      if (i !== j && images > worst.images) worst = { i, j, images };
    });
  });
  if (worst.images === 0) return "There are no mistakes.";
  const [taken, answer] = [classes[worst.i]!.name, classes[worst.j]!.name];
  const accuracies = classAccuracies(evaluation);
  return `The most frequent mistake: ${taken} predicted as ${answer}, ${count(worst.images)} times; ${decimal(accuracies[worst.i]!)} of ${taken} are right.`;
};
