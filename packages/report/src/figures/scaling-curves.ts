// Efficiency over the number of nodes that train together: a colour for each batch, dashes for each network between them.
import { colour, seriesColour } from "../themes.js";
import { lineChart, type Series } from "./line-chart.js";

/** One global batch on one network between the nodes. */
export interface ScalingCurve {
  /** Images of a step, on all nodes together. */
  batch: number;
  /** Bandwidth of the network between the nodes, in Gb/s. */
  gigabitsPerSecond: number;
  /** Efficiency, 0 to 1, by number of nodes. */
  points: readonly { nodes: number; efficiency: number }[];
}

const width = 640;
const dashes = ["6 4", undefined, "2 3"];

/**
 * Curves over a logarithmic axis of nodes, with a line where scaling ends.
 *
 * @param title what is drawn, and whether it was measured or computed
 * @param efficient efficiency below which it no longer counts as scaling
 */
export const scalingCurves = (title: string, curves: readonly ScalingCurve[], efficient: number): string => {
  const batches = [...new Set(curves.map(({ batch }) => batch))];
  const networks = [...new Set(curves.map(({ gigabitsPerSecond }) => gigabitsPerSecond))];
  const xMax = Math.max(2, ...curves.flatMap(({ points }) => points.map(({ nodes }) => nodes)));
  const series = curves.map(
    ({ batch, gigabitsPerSecond, points }): Series => ({
      label: `batch ${batch}, ${gigabitsPerSecond} Gb/s`,
      colour: seriesColour(batches.indexOf(batch)),
      dash: dashes[networks.indexOf(gigabitsPerSecond) % dashes.length],
      points: points.map(({ nodes, efficiency }) => [nodes, efficiency]),
    }),
  );
  const limit: Series = {
    label: `${Math.round(efficient * 100)} %`,
    colour: colour("muted"),
    width: 1,
    points: [
      [1, efficient],
      [xMax, efficient],
    ],
  };
  const ends = curves.map(({ batch, gigabitsPerSecond, points }) => {
    const scaling = points.filter((point) => point.efficiency >= efficient);
    return `batch ${batch} at ${gigabitsPerSecond} Gb/s up to ${scaling.at(-1)?.nodes ?? 0} nodes`;
  });
  return lineChart({
    width,
    title,
    heading: title,
    description: `At least ${limit.label} efficient: ${ends.join(", ")}.`,
    xLabel: "nodes",
    yLabel: "efficiency",
    xMax,
    xDoubles: true,
    yDomain: [0, 1],
    series: [...series, limit],
  });
};
