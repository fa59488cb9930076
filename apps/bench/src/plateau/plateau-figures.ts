// Figures of watched runs: the layers before training, the chapter's recipe from step to step, and the loss of all variants.
import { lineChart, type Series, seriesColour } from "@mlpconv/report";
import { chapterRecipe } from "./variants.js";
import type { Moment, Watched } from "./watch-training.js";

/** A watched run of a variant. */
export interface PlateauRow extends Watched {
  what: string;
  flags: string;
  seed: number;
}

/** The file of results. */
export interface PlateauResults {
  /** Number of test images on which statistics were measured. */
  images: number;
  rows: PlateauRow[];
}

/** Two fit beside each other. */
const narrow = 400;
const wide = 640;

const digits = (value: number): string => String(Number(value.toPrecision(2)));

/** Which convolutions belong to a block, by the beginning of their names: "2" of "2.0" and "2.2". */
const blocksOf = (layers: readonly string[]): number[][] => {
  const blockOf = (layer: string) => layer.split(".")[0]!;
  return [...new Set(layers.map(blockOf))].map((block) =>
    layers.flatMap((layer, i) => (blockOf(layer) === block ? [i] : [])),
  );
};

/** The figures by name. */
export const plateauFigures = ({ rows }: PlateauResults): Record<string, string> => {
  const chapter = rows.find(({ what, seed }) => what === chapterRecipe && seed === 0)!;
  return {
    start: startFigure(rows),
    loss: stepsFigure(chapter, "Loss", "loss in nats", [
      { label: "mean of 25 steps", points: ({ loss }) => loss },
    ]),
    signal: blockFigure(
      chapter,
      "Signal about the image",
      "share of the output",
      true,
      (moment, block) => moment.variation[block.at(-1)!]!,
    ),
    gradient: blockFigure(
      chapter,
      "Gradient",
      "root mean square",
      true,
      (moment, block) => moment.gradient[block[0]!]!,
    ),
    dead: blockFigure(
      chapter,
      "Dead channels",
      "share of the channels",
      false,
      (moment, block) => block.reduce((sum, i) => sum + moment.dead[i]!, 0) / block.length,
    ),
    variants: variantsFigure(rows),
  };
};

/** The signal about the image behind each convolution before training. */
const startFigure = (rows: readonly PlateauRow[]): string => {
  const shown = rows.filter(({ seed, what }) => seed === 0 && startVariants.includes(what));
  const depth = Math.max(...shown.map(({ layers }) => layers.length));
  const title = "Signal about the image before training";
  return lineChart({
    width: wide,
    title,
    heading: title,
    description: `${shown.map(({ what, moments }) => `${what}: ${digits(moments[0]!.variation[0]!)} behind the first convolution, ${digits(moments[0]!.variation.at(-1)!)} behind the last`).join("; ")}.`,
    xLabel: "convolution",
    yLabel: "share of the output",
    xMax: depth,
    yDecades: true,
    series: shown.map(({ what, layers, moments }, i) => ({
      label: what,
      colour: seriesColour(i),
      dash: dashes[i],
      points: moments[0]!.variation.map((share, layer) => [depthOf(layers, layer), share]),
    })),
  });
};

/** Without 1x1 convolutions, a block is as wide as with two. */
const depthOf = (layers: readonly string[], layer: number): number =>
  layers.length === blocksOf(layers).length ? 3 * layer + 1 : layer + 1;

const startVariants = [chapterRecipe, "He's weights", "identity", "no 1x1 convolutions"];
const dashes = [undefined, "7 4", "2 3", "8 3 2 3"];

/** A quantity of each block of a run, from step to step. */
const blockFigure = (
  run: PlateauRow,
  title: string,
  yLabel: string,
  yDecades: boolean,
  value: (moment: Moment, block: readonly number[]) => number,
): string =>
  stepsFigure(
    run,
    title,
    yLabel,
    blocksOf(run.layers).map((block, i) => ({
      label: `block ${i + 1}`,
      points: (moment) => value(moment, block),
    })),
    yDecades,
  );

const stepsFigure = (
  { moments }: PlateauRow,
  title: string,
  yLabel: string,
  lines: readonly { label: string; points: (moment: Moment) => number | null }[],
  yDecades = false,
): string => {
  const series = lines.map(
    ({ label, points }, i): Series => ({
      label,
      colour: seriesColour(i),
      dash: dashes[i],
      points: moments.map((moment) => [moment.step, points(moment)]),
    }),
  );
  const ends = series.map(({ label, points }) => {
    const values = points.flatMap(([, value]) => value ?? []);
    return `${label} ${digits(values[0]!)} at first, ${digits(values.at(-1)!)} at last`;
  });
  return lineChart({
    width: narrow,
    title: `${title}, chapter's recipe`,
    heading: title,
    description: `${ends.join("; ")}.`,
    xLabel: "steps",
    yLabel,
    xMax: moments.at(-1)!.step,
    yDecades,
    series,
  });
};

/** The loss of all runs: a colour for each variant, a thin line for each of several seeds. */
const variantsFigure = (rows: readonly PlateauRow[]): string => {
  const names = [...new Set(rows.map(({ what }) => what))];
  const series = rows.map(({ what, moments }): Series => {
    const i = names.indexOf(what);
    return {
      label: what,
      colour: seriesColour(i),
      dash: [...dashes, "4 4", "1 3"][i],
      width: rows.filter((row) => row.what === what).length > 1 ? 1 : undefined,
      points: moments.map(({ step, loss }) => [step, loss]),
    };
  });
  const title = "Loss of each way to start";
  return lineChart({
    width: wide,
    title,
    heading: title,
    description: `${rows.map(({ what, seed, plateauSteps }) => `${what}, seed ${seed}: ${plateauSteps === null ? "never learned" : `learned at step ${plateauSteps}`}`).join("; ")}.`,
    xLabel: "steps",
    yLabel: "loss in nats",
    xMax: Math.max(...rows.map(({ moments }) => moments.at(-1)!.step)),
    series,
    legend: names.map((name) => ({ ...series.find(({ label }) => label === name)!, width: undefined })),
  });
};
