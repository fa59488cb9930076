// A model of training on many nodes: what one machine's measurements say about nodes that nobody has measured.
//
// A step on P nodes takes B / P images, one shard a node, and the sum of all gradients. The sum moves (P - 1) / P of the gradients out of and into each
// node twice (exchange, gather). The host copies and adds them, the network carries them, and each of the 2 (P - 1) messages costs a fixed time. None of it overlaps.

/** What a node takes for its work, fitted to measurements. */
export interface NodeCosts {
  secondsPerImage: number;
  /** What each shard takes whatever its number of images: work on the weights, reading and adding gradients. */
  secondsPerShard: number;
  /** Numbers that are summed in each step. */
  parameters: number;
  /** Copying and adding a float in the sum over two ranks, the network left out. */
  secondsPerFloat: number;
  secondsPerMessage: number;
}

/** Nodes at a time that a global batch is split over, and what comes of it. */
export interface ScalingPoint {
  nodes: number;
  imagesPerSecond: number;
  /** Images a second by those of as many nodes that lose nothing, 0 to 1. */
  efficiency: number;
}

/** Where scaling ends. */
export interface ScalingLimits {
  /** The most nodes whose efficiency is at least 0.8, of the numbers that were computed. */
  efficientNodes: number;
  /** The number of nodes with the most images a second. */
  fastestNodes: number;
  fastestImagesPerSecond: number;
}

/** Efficiency below which a training run no longer counts as scaling. */
export const EFFICIENT = 0.8;

/**
 * The line through (x, y) with the least squared distances, as [y at 0, slope].
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

/** Seconds of the sum over so many nodes. */
const sumSeconds = (
  { parameters, secondsPerFloat, secondsPerMessage }: NodeCosts,
  gigabitsPerSecond: number,
  nodes: number,
): number => {
  const share = (nodes - 1) / nodes;
  const bytesPerSecond = (gigabitsPerSecond * 1e9) / 8;
  // Two ranks, which were measured, have a share of one half.
  const host = 2 * share * parameters * secondsPerFloat;
  const network = (2 * share * parameters * 4) / bytesPerSecond;
  return host + network + 2 * (nodes - 1) * secondsPerMessage;
};

/** Seconds of a step with a global batch on so many nodes, one shard a node. */
export const stepSeconds = (
  costs: NodeCosts,
  gigabitsPerSecond: number,
  batch: number,
  nodes: number,
): number =>
  (batch / nodes) * costs.secondsPerImage +
  costs.secondsPerShard +
  sumSeconds(costs, gigabitsPerSecond, nodes);

/** A global batch on 1, 2, 4 and so on nodes, up to one image a node. */
export const scaling = (costs: NodeCosts, gigabitsPerSecond: number, batch: number): ScalingPoint[] => {
  const alone = batch / stepSeconds(costs, gigabitsPerSecond, batch, 1);
  const points: ScalingPoint[] = [];
  for (let nodes = 1; nodes <= batch; nodes *= 2) {
    const imagesPerSecond = batch / stepSeconds(costs, gigabitsPerSecond, batch, nodes);
    points.push({ nodes, imagesPerSecond, efficiency: imagesPerSecond / (nodes * alone) });
  }
  return points;
};

/** Where these points' scaling ends. */
export const scalingLimits = (points: readonly ScalingPoint[]): ScalingLimits => {
  const fastest = points.reduce((best, point) =>
    point.imagesPerSecond > best.imagesPerSecond ? point : best,
  );
  // The first that is too slow ends it.
  const end = points.findIndex(({ efficiency }) => efficiency < EFFICIENT);
  return {
    efficientNodes: points.at(end < 0 ? -1 : end - 1)!.nodes,
    fastestNodes: fastest.nodes,
    fastestImagesPerSecond: fastest.imagesPerSecond,
  };
};
