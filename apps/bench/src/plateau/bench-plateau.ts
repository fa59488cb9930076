// `pnpm bench plateau`: what the layers of NiN do while the chapter's recipe does not learn, and what changes to it do about that.
import { fashionMnist } from "@mlpconv/datasets";
import { useEngine } from "@mlpconv/tensor";
import { inOrder, runsToDo } from "../recipe/trials.js";
import { readResults, writeResults } from "../results.js";
import type { PlateauResults } from "./plateau-figures.js";
import { starts, variants } from "./variants.js";
import { type Moment, measureStart, watchTraining } from "./watch-training.js";

export interface PlateauOptions {
  /** Watches a few steps of the first variant on few images and writes nothing. */
  quick: boolean;
}

/** Test images on which statistics are measured. */
const images = 256;

/** Trains what has no row yet and writes each row when its run ends. The documentation draws figures from them. */
export const benchPlateau = async ({ quick }: PlateauOptions): Promise<void> => {
  await useEngine("native");
  const data = await fashionMnist();
  if (quick) {
    const { layers, moments } = await watchTraining(variants[0]!, 0, data, { steps: 2, images: 16 });
    for (const moment of moments) console.log(momentLines(layers, moment));
    return;
  }
  const before = readResults<PlateauResults>("plateau", "native");
  const [rows, startRows] = [before?.rows ?? [], before?.starts ?? []];
  const write = () =>
    writeResults("plateau", "native", undefined, {
      images,
      starts: inOrder(startRows, starts),
      rows: inOrder(rows, variants),
    } satisfies PlateauResults);
  for (const { trial, seed } of runsToDo(starts, startRows)) {
    const { layers, moments } = await measureStart(trial, seed, data, images);
    const { step: _, loss: __, ...statistics } = moments[0]!;
    startRows.push({ what: trial.what, flags: trial.flags, seed, layers, ...rounded(statistics) });
  }
  write();
  for (const { trial, seed } of runsToDo(variants, rows)) {
    const { what, flags } = trial;
    const watched = await watchTraining(trial, seed, data, { steps: Number.POSITIVE_INFINITY, images });
    rows.push({ what, flags, seed, ...rounded(watched) });
    const { plateauSteps, moments } = watched;
    console.log(
      `${what}, seed ${seed}: learned at step ${plateauSteps ?? "none"} of ${moments.at(-1)!.step}`,
    );
    write();
  }
};

const momentLines = (layers: readonly string[], moment: Moment): string =>
  [
    `step ${moment.step}${moment.loss === null ? "" : `, loss ${moment.loss.toFixed(4)}`}: layer, scale, variation, gradient, weight, dead`,
    ...layers.map((layer, i) =>
      [
        layer,
        ...[moment.scale, moment.variation, moment.gradient, moment.weight].map((values) =>
          values[i]!.toExponential(2),
        ),
        moment.dead[i]!.toFixed(3),
      ].join(" "),
    ),
  ].join("\n");

/** Three digits of each statistic are enough for figures. */
const rounded = <T>(statistics: T): T =>
  JSON.parse(JSON.stringify(statistics), (_, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(3)) : value,
  ) as T;
