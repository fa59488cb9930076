// Figures of watched runs: the layers before training, the chapter's recipe from step to step, and the loss of all variants.
import { type LineChart, lineChart, type Series, seriesColour } from "@mlpconv/report";
import type { LayerStatistics } from "./layer-statistics.js";
import { chapterRecipe } from "./variants.js";
import type { Moment, Watched } from "./watch-training.js";

/** A watched run of a variant. */
interface PlateauRow extends Watched {
  what: string;
  flags: string;
  seed: number;
}

/** A model before training. */
interface StartRow extends LayerStatistics {
  what: string;
  flags: string;
  seed: number;
  layers: string[];
}

/** The file of results. */
export interface PlateauResults {
  /** Number of test images on which statistics were measured. */
  images: number;
  starts: StartRow[];
  rows: PlateauRow[];
}

/** Two fit beside each other. */
const narrow = 420;
const wide = 640;

/** Half nats around all losses: from 0 the plateau would be a line at the top. */
const lossDomain = (moments: readonly Moment[]): [number, number] => {
  const losses = moments.flatMap(({ loss }) => loss ?? []);
  return [Math.floor(2 * Math.min(...losses)) / 2, Math.ceil(2 * Math.max(...losses)) / 2];
};

const digits = (value: number): string => String(Number(value.toPrecision(2)));

/** Which convolutions belong to a block, by the beginning of their names: "2" of "2.0" and "2.2". */
const blocksOf = (layers: readonly string[]): number[][] => {
  const blockOf = (layer: string) => layer.split(".")[0]!;
  return [...new Set(layers.map(blockOf))].map((block) =>
    layers.flatMap((layer, i) => (blockOf(layer) === block ? [i] : [])),
  );
};

/** The figures by name. */
export const plateauFigures = ({ rows, starts }: PlateauResults): Record<string, string> => {
  const chapter = rows.find(({ what, seed }) => what === chapterRecipe && seed === 0)!;
  return {
    start: startFigure(starts),
    loss: stepsFigure(
      chapter,
      "Loss",
      "loss in nats",
      [{ label: "mean of 25 steps", points: ({ loss }) => loss }],
      { yDomain: lossDomain(chapter.moments) },
    ),
    signal: blockFigure(chapter, "Difference between images", "root mean square", true, (moment, block) =>
      signal(moment, block.at(-1)!),
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

/** Root mean square of the difference between images behind a convolution. */
const signal = ({ scale, variation }: Pick<LayerStatistics, "scale" | "variation">, layer: number): number =>
  scale.at(layer)! * variation.at(layer)!;

/** The signal about the image behind each convolution before training. */
const startFigure = (rows: readonly StartRow[]): string => {
  const shown = startVariants.map((name) => rows.find(({ seed, what }) => seed === 0 && what === name)!);
  const title = "Before training: how much the output differs between images";
  return lineChart({
    width: wide,
    title,
    heading: title,
    description: `${shown.map((row) => `${row.what}: ${digits(signal(row, 0))} behind the first convolution, ${digits(signal(row, -1))} behind the last`).join("; ")}.`,
    xLabel: "convolution",
    yLabel: "root mean square",
    xMax: Math.max(...shown.map(({ layers }) => layers.length)),
    yDecades: true,
    series: shown.map((row, i) => ({
      label: row.what,
      colour: seriesColour(i),
      dash: dashes[i],
      points: row.scale.map((_, layer) => [layer + 1, signal(row, layer)]),
    })),
  });
};

const startVariants = [chapterRecipe, "He's weights", "identity"];
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
    { yDecades },
  );

const stepsFigure = (
  { moments }: PlateauRow,
  title: string,
  yLabel: string,
  lines: readonly { label: string; points: (moment: Moment) => number | null }[],
  axis: Pick<LineChart, "yDecades" | "yDomain"> = {},
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
    ...axis,
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
    yDomain: lossDomain(rows.flatMap(({ moments }) => moments)),
    xMax: Math.max(...rows.map(({ moments }) => moments.at(-1)!.step)),
    series,
    legend: names.map((name) => ({ ...series.find(({ label }) => label === name)!, width: undefined })),
  });
};
