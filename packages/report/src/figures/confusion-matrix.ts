// Confusion matrix. Rows: true class; columns: predicted class. Right answers are blue, mistakes orange, so that both can be seen.
import { type ConfusedPair, confusedPairs, type Evaluation } from "@mlpconv/runs";
import { classAccuracies } from "../class-accuracies.js";
import { compact, count, decimal } from "../format.js";
import { type Content, markup } from "../markup.js";
import { colour } from "../themes.js";
import { figure, fitLabel } from "./figure.js";

const cell = 36;
const labels = 110;
const top = 26;

/** Classes up to which the whole matrix is drawn. */
const mostWhole = 30;
/** Classes that are drawn of more. */
const mostShown = 20;

/** Share from which text in the paper's colour is easier to read on the cell than ink. */
const darkCell = 0.72;

/**
 * Indices of the classes that the matrix shows, in their own order: all of up to 30 classes; of more, the 20 of the most frequent mistakes.
 */
export const shownClasses = ({ confusion }: Pick<Evaluation, "confusion">): number[] => {
  const all = [...confusion.keys()];
  if (all.length <= mostWhole) return all;
  const shown = new Set<number>();
  // Where there are few mistakes, the first classes fill the matrix.
  for (const { label, predicted } of confusedPairs(confusion)) {
    const added = [label, predicted].filter((i) => !shown.has(i));
    if (shown.size + added.length > mostShown) continue;
    for (const i of added) shown.add(i);
  }
  for (const i of all) if (shown.size < mostShown) shown.add(i);
  return [...shown].sort((a, b) => a - b);
};

/**
 * Confusion matrix as SVG. Rows: true class; columns: predicted class; each cell: number of images. Of more than 30 classes, those of the
 * most frequent mistakes, with a last column for the images predicted as any other class.
 */
export const confusionMatrix = (name: string, evaluation: Evaluation): string => {
  const { classes, confusion, accuracy } = evaluation;
  const shown = shownClasses(evaluation);
  const whole = shown.length === classes.length;
  const columns = shown.length + (whole ? 0 : 1);
  const [width, height] = [labels + columns * cell + 14, top + shown.length * cell + labels];
  const label = (i: number) => fitLabel(classes[i]!.name, labels - 18);
  const column = (j: number, text: Content) =>
    markup`<text transform="translate(${labels + j * cell + cell / 2 + 5} ${top + shown.length * cell + 12}) rotate(-50)" text-anchor="end">${text}</text>`;
  const part = whole
    ? ""
    : ` The ${shown.length} of ${count(classes.length)} classes with the most frequent mistakes.`;
  return figure(
    {
      width,
      height,
      title: `Confusion matrix of ${name}`,
      description: `${decimal(accuracy, 4)} of the test images are right.${part} ${worstPair(evaluation)}`,
    },
    markup`<text x="${labels + (shown.length * cell) / 2}" y="14" text-anchor="middle" fill="${colour("muted")}">rows: true class, columns: answer</text>`,
    shown.map((i, at) => {
      const row = confusion[i]!;
      const examples = sum(row);
      const y = top + at * cell;
      const inside = shown.map((j) => row[j]!);
      return [
        markup`<text x="${labels - 6}" y="${y + cell / 2 + 4}" text-anchor="end">${label(i)}</text>`,
        [...inside, ...(whole ? [] : [examples - sum(inside)])].map((images, j) =>
          drawCell(images, images / Math.max(1, examples), {
            x: labels + j * cell,
            y,
            isRight: j === at,
            tooltip: `${classes[i]!.name} → ${j < shown.length ? classes[shown[j]!]!.name : others}: ${count(images)}`,
          }),
        ),
      ];
    }),
    shown.map((i, j) => column(j, label(i))),
    !whole && column(shown.length, markup`<tspan font-style="italic">${others}</tspan>`),
  );
};

const others = "other classes";

const drawCell = (
  images: number,
  share: number,
  { x, y, isRight, tooltip }: { x: number; y: number; isRight: boolean; tooltip: string },
): Content => {
  // The root makes the few that are wrong visible beside the many that are right.
  const shade = Math.sqrt(share);
  const ink = shade > darkCell ? "on-heat" : images === 0 ? "muted" : "ink";
  return markup`<rect x="${x}" y="${y}" width="${cell - 1}" height="${cell - 1}" fill="${colour("grid")}" fill-opacity="0.35"/><rect class="cell" x="${x}" y="${y}" width="${cell - 1}" height="${cell - 1}" fill="${colour(isRight ? "heat" : "warm")}" fill-opacity="${shade}">${images > 0 && markup`<title>${tooltip}</title>`}</rect><text x="${x + cell / 2}" y="${y + cell / 2 + 4}" font-size="11" text-anchor="middle" pointer-events="none" fill="${colour(ink)}">${compact(images)}</text>`;
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const worstPair = (evaluation: Evaluation): string => {
  const { classes, confusion } = evaluation;
  const [worst]: (ConfusedPair | undefined)[] = confusedPairs(confusion);
  if (!worst) return "There are no mistakes.";
  const [taken, answer] = [classes[worst.label]!.name, classes[worst.predicted]!.name];
  const accuracies = classAccuracies(evaluation);
  return `The most frequent mistake: ${taken} predicted as ${answer}, ${count(worst.images)} times; ${decimal(accuracies[worst.label]!)} of ${taken} are right.`;
};
