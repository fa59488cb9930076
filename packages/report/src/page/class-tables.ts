// What a confusion matrix of many classes says, in two tables: the least accurate classes and the most frequent mistakes.
import { confusedPairs, type Evaluation, worstClasses } from "@mlpconv/runs";
import { shownClasses } from "../figures/confusion-matrix.js";
import { count, decimal } from "../format.js";
import { type Content, type Markup, markup } from "../markup.js";
import { table } from "./table.js";

const most = 20;

/**
 * Two tables of up to 20 rows; undefined where the matrix on the page has all classes.
 *
 * @param run whose classes they are
 */
export const classTables = (evaluation: Evaluation, run: string): Markup | undefined => {
  const { classes, confusion } = evaluation;
  if (shownClasses(evaluation).length === classes.length) return undefined;
  const pairs = confusedPairs(confusion);
  const firstOf = new Map(pairs.toReversed().map((pair) => [pair.label, pair]));
  const share = (value: number | null) => (value === null ? "–" : decimal(value));
  const worst = worstClasses(classes).slice(0, most);
  return markup`${table(
    `The ${worst.length} least accurate of ${count(classes.length)} classes`,
    [
      { heading: "class" },
      { heading: "images", numeric: true },
      { heading: "accuracy", numeric: true },
      { heading: "precision", numeric: true },
      { heading: "most often predicted as" },
    ],
    worst.map((i) => {
      const { name, examples, accuracy, precision } = classes[i]!;
      const pair = firstOf.get(i);
      const mistaken = pair && [isolated(classes[pair.predicted]!.name), ` (${count(pair.images)})`];
      return [isolated(name), count(examples), share(accuracy), share(precision), mistaken ?? "–"];
    }),
    run,
  )}${
    pairs.length > 0 &&
    table(
      `The ${Math.min(most, pairs.length)} most frequent of ${count(pairs.length)} kinds of mistake`,
      [
        { heading: "true class" },
        { heading: "predicted as" },
        { heading: "images", numeric: true },
        { heading: "share", numeric: true },
      ],
      pairs
        .slice(0, most)
        .map(({ label, predicted, images }) => [
          isolated(classes[label]!.name),
          isolated(classes[predicted]!.name),
          count(images),
          decimal(images / classes[label]!.examples),
        ]),
      run,
    )
  }`;
};

/** A name whose script, such as Arabic, leaves the order of what is beside it alone; long ones end in dots and are whole as a tooltip. */
const isolated = (name: string): Content => markup`<bdi class="name" title="${name}">${name}</bdi>`;
