// The tables of watched runs and of models before training, from results/plateau-*.
import type { Words } from "./results-words.js";
import { median, percent, table } from "./tables.js";

interface Statistics {
  scale: number[];
  variation: number[];
  gradient: number[];
  dead: number[];
}

export interface PlateauRow {
  what: string;
  seed: number;
  plateauSteps: number | null;
  moments: Statistics[];
}

export interface StartRow extends Statistics {
  what: string;
  flags: string;
}

/** A watched run a row. */
export const plateau = (rows: readonly PlateauRow[], words: Words): string =>
  table(
    words.plateau,
    rows.map(({ what, seed, plateauSteps, moments }) => {
      const [first, last] = [moments[0]!, moments.at(-1)!];
      return [
        nameOf(what, words),
        String(seed),
        `**${plateauSteps ?? words.never}**`,
        short(difference(first)),
        percent(deadShare(first)),
        percent(deadShare(last)),
        String(Math.round(10 * last.dead.at(-1)!)),
      ];
    }),
  );

/**
 * Medians over the seeds of a recipe before training, and the steps to learn of other runs with it.
 *
 * @param trained runs with the same flags
 */
export const starts = (
  rows: readonly StartRow[],
  trained: readonly { flags: string; plateauSteps: number | null }[],
  words: Words,
): string =>
  table(
    words.starts,
    [...new Set(rows.map(({ what }) => what))].map((what) => {
      const seeds = rows.filter((row) => row.what === what);
      const steps = trained
        .filter(({ flags }) => flags === seeds[0]!.flags)
        .map(({ plateauSteps }) => plateauSteps ?? words.never);
      return [
        nameOf(what, words),
        short(median(seeds.map(difference))),
        short(median(seeds.map(({ gradient }) => gradient[0]!))),
        percent(median(seeds.map(deadShare))),
        `**${steps.join(", ")}**`,
      ];
    }),
  );

const nameOf = (what: string, words: Words): string => words.plateauNames[what] ?? what;

/** Root mean square of the difference between images in the class maps. */
const difference = ({ scale, variation }: Statistics): number => scale.at(-1)! * variation.at(-1)!;

/** Mean share of dead channels over the convolutions but the last, whose channels are the classes. */
const deadShare = ({ dead }: Statistics): number => {
  const hidden = dead.slice(0, -1);
  return hidden.reduce((sum, share) => sum + share, 0) / hidden.length;
};

/** Two digits, without an exponent. */
const short = (value: number): string => {
  const digits = Math.max(0, 1 - Math.floor(Math.log10(value)));
  return value === 0 ? "0" : value.toFixed(digits);
};
