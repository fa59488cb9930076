// A model of training on many nodes, which extrapolates the measurements of one machine.
//
// A step on P nodes computes B / P images on each (one shard), and the sum of all gradients. The sum moves (P - 1) / P of the gradients out of and
// into each node twice (exchange, gather). The host copies and adds them, the network transfers them, and each of the 2 (P - 1) messages has a fixed
// latency. Nothing overlaps.

/** Costs of a node, fitted to measurements. */
export interface NodeCosts {
  secondsPerImage: number;
  /** Fixed cost of a shard, independent of its number of images: work on the weights, reading and adding gradients. */
  secondsPerShard: number;
  /** Number of values that are summed in each step. */
  parameters: number;
  /** Seconds for copying and adding a float in the sum over two ranks, without the network. */
  secondsPerFloat: number;
  secondsPerMessage: number;
}

/** A number of nodes over which the global batch is split, and the resulting speed. */
export interface ScalingPoint {
  nodes: number;
  imagesPerSecond: number;
  /** Images a second, divided by those of the same number of nodes without losses; 0 to 1. */
  efficiency: number;
}

/** Limits of scaling. */
export interface ScalingLimits {
  /** The largest computed number of nodes with an efficiency of at least 0.8. */
  efficientNodes: number;
  /** The number of nodes with the most images a second. */
  fastestNodes: number;
  fastestImagesPerSecond: number;
}

/** Smallest efficiency that counts as scaling. */
export const EFFICIENT = 0.8;

/**
 * Least-squares line through (x, y), as [y at 0, slope].
 *
 * @throws RangeError for fewer than two different x
 */
export const fitLine = (
  points: readonly (readonly [x: number, y: number])[],
): [atZero: number, slope: number] => {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const squares = points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
  if (!(squares > 0)) throw new RangeError("fitLine: expected at least two different x");
  const slope = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0) / squares;
  return [y - slope * x, slope];
};

/** Seconds of the sum over this number of nodes. */
const sumSeconds = (
  { parameters, secondsPerFloat, secondsPerMessage }: NodeCosts,
  gigabitsPerSecond: number,
  nodes: number,
): number => {
  const share = (nodes - 1) / nodes;
  const bytesPerSecond = (gigabitsPerSecond * 1e9) / 8;
  // The measured sum over two ranks has share 1/2.
  const host = 2 * share * parameters * secondsPerFloat;
  const network = (2 * share * parameters * 4) / bytesPerSecond;
  return host + network + 2 * (nodes - 1) * secondsPerMessage;
};

/** Seconds of a step with a global batch on this number of nodes, with one shard on each. */
export const stepSeconds = (
  costs: NodeCosts,
  gigabitsPerSecond: number,
  batch: number,
  nodes: number,
): number =>
  (batch / nodes) * costs.secondsPerImage +
  costs.secondsPerShard +
  sumSeconds(costs, gigabitsPerSecond, nodes);

/** Points for a global batch on 1, 2, 4, ... nodes, up to one image on each. */
export const scaling = (costs: NodeCosts, gigabitsPerSecond: number, batch: number): ScalingPoint[] => {
  const alone = batch / stepSeconds(costs, gigabitsPerSecond, batch, 1);
  const points: ScalingPoint[] = [];
  for (let nodes = 1; nodes <= batch; nodes *= 2) {
    const imagesPerSecond = batch / stepSeconds(costs, gigabitsPerSecond, batch, nodes);
    points.push({ nodes, imagesPerSecond, efficiency: imagesPerSecond / (nodes * alone) });
  }
  return points;
};

/** The limits of scaling for these points. */
export const scalingLimits = (points: readonly ScalingPoint[]): ScalingLimits => {
  const fastest = points.reduce((best, point) =>
    point.imagesPerSecond > best.imagesPerSecond ? point : best,
  );
  // Scaling ends at the first point that is too slow.
  const end = points.findIndex(({ efficiency }) => efficiency < EFFICIENT);
  return {
    efficientNodes: points.at(end < 0 ? -1 : end - 1)!.nodes,
    fastestNodes: fastest.nodes,
    fastestImagesPerSecond: fastest.imagesPerSecond,
  };
};
