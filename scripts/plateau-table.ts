// The table of watched runs, from results/plateau-*.
import type { Words } from "./results-words.js";
import { percent, table } from "./tables.js";

interface PlateauMoment {
  step: number;
  scale: number[];
  variation: number[];
  gradient: number[];
  dead: number[];
}

export interface PlateauRow {
  what: string;
  seed: number;
  plateauSteps: number | null;
  moments: PlateauMoment[];
}

export const plateau = (rows: readonly PlateauRow[], words: Words): string =>
  table(
    words.plateau,
    rows.map(({ what, seed, plateauSteps, moments }) => {
      const [first, last] = [moments[0]!, moments.at(-1)!];
      return [
        words.plateauNames[what] ?? what,
        String(seed),
        `**${plateauSteps ?? words.never}**`,
        String(last.step),
        (first.scale.at(-1)! * first.variation.at(-1)!).toPrecision(1),
        first.gradient[0]!.toPrecision(1),
        meanDead(first),
        meanDead(last),
        String(Math.round(10 * last.dead.at(-1)!)),
      ];
    }),
  );

/** Mean share over the convolutions but the last, whose channels are the classes. */
const meanDead = ({ dead }: PlateauMoment): string => {
  const hidden = dead.slice(0, -1);
  return percent(hidden.reduce((sum, share) => sum + share, 0) / hidden.length);
};
