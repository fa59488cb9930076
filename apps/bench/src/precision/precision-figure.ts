// The figure of `bench precision`: the loss in each precision, from step to step.
import { lineChart, seriesColour } from "@mlpconv/report";

export interface PrecisionRow {
  /** The precision. */
  what: string;
  flags: string;
  seed: number;
  /** Steps whose mean loss is a point of the curve. */
  stepsAPoint: number;
  /** Mean losses, in nats. */
  losses: number[];
}

/** The file of results. */
export interface PrecisionResults {
  rows: PrecisionRow[];
}

const words: Record<string, string> = { full: "float32", mixed: "mixed precision" };

export const precisionFigure = ({ rows }: PrecisionResults): string => {
  const title = "Loss of the chapter's recipe";
  const losses = rows.flatMap((row) => row.losses);
  return lineChart({
    width: 640,
    title: `${title} in float32 and in mixed precision`,
    heading: title,
    description: `${rows.map(({ what, losses }) => `${words[what]}: ${losses[0]!.toFixed(2)} at first, ${losses.at(-1)!.toFixed(2)} at last`).join("; ")}.`,
    xLabel: "steps",
    yLabel: "loss in nats",
    xMax: Math.max(...rows.map(({ stepsAPoint, losses }) => stepsAPoint * losses.length)),
    yDomain: [Math.floor(2 * Math.min(...losses)) / 2, Math.ceil(2 * Math.max(...losses)) / 2],
    series: rows.map(({ what, stepsAPoint, losses }, i) => ({
      label: words[what]!,
      colour: seriesColour(i),
      // So that both are seen where the curves coincide.
      dash: i === 0 ? undefined : "7 4",
      points: losses.map((loss, point) => [(point + 1) * stepsAPoint, loss]),
    })),
  });
};
