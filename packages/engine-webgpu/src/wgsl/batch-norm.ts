// Shaders of batch normalisation: statistics, the normalised values, and the gradients.
import type { Program } from "../program.js";
import { bindings, constants, spread } from "./bindings.js";
import { type ChannelGrid, joinedParts, partSums } from "./by-channel.js";
import { vector } from "./vector.js";

const THREADS = 256;

/** What the shaders of one call have in common; all of it is in their keys. */
export interface BatchNorm {
  grid: ChannelGrid;
  epsilon: number;
  relu: boolean;
  residual: boolean;
}

const keyOf = ({ epsilon, relu, residual }: BatchNorm) =>
  `${epsilon}${relu ? " relu" : ""}${residual ? " residual" : ""}`;

/** `fn factor(v) -> Values`: scale / sqrt(variance + epsilon). Reads `scale` and `variance`. */
const factor = ({ epsilon }: BatchNorm) =>
  `fn factor(v: u32) -> Values { return scale[v] / sqrt(variance[v] + ${epsilon}); }`;

/** One thread for each vector of values, at `i` of all and of channels `v`. */
const eachVector = (
  { grid }: BatchNorm,
  {
    key,
    tensors,
    declarations,
    body,
  }: Record<"key" | "declarations" | "body", string> & {
    tensors: Parameters<typeof bindings>[0];
  },
): Program => {
  const count = grid.rows * grid.vectors;
  const workgroups = spread(Math.ceil(count / THREADS));
  const types = Object.fromEntries(Object.keys(tensors).map((name) => [name, "Values"]));
  return {
    key: `${key} ${grid.rows} ${grid.channels}`,
    workgroups,
    code: `alias Values = ${vector(grid.width)};
${bindings(tensors, types)}
${constants({ COUNT: count, VECTORS: grid.vectors })}
${declarations}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${workgroups[0]}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT) { return; }
  let v = i % VECTORS;
  ${body}
}`,
  };
};

/**
 * Means and sums of squared differences from them. Written so that an infinite mean stays infinite: the mean of two parts is their weighted mean, not
 * one plus a share of the difference.
 */
const joinMoments = `fn join(a: Pair, b: Pair) -> Pair {
  if (b.rows == 0.0) { return a; }
  if (a.rows == 0.0) { return b; }
  let rows = a.rows + b.rows;
  let share = b.rows / rows;
  let apart = b.first - a.first;
  return Pair(a.first * (1.0 - share) + b.first * share, a.second + b.second + apart * apart * (a.rows * share), rows);
}`;

/**
 * Bindings: partial, x. A thread sums differences from its first value, which lose nothing where the mean is far from 0. That value counts as 0 if it is
 * not finite, which is tested by its bits, because WGSL may assume that all floats are finite.
 */
export const partMoments = ({ grid }: BatchNorm): Program => {
  const words = grid.width === 4 ? "vec4u" : "u32";
  return partSums(grid, {
    name: "batch norm moments",
    tensors: { partial: "write", x: "read" },
    join: joinMoments,
    begin: `if (begin >= end) { return Pair(); }
  let first = x[begin * VECTORS + v];
  let exponent = ${words}(0x7f800000u);
  let origin = select(first, Values(), (bitcast<${words}>(first) & exponent) == exponent);
  var rows = 0.0; var sum = Values(); var squares = Values();`,
    each: "let apart = x[i] - origin; rows += 1.0; sum += apart; squares += apart * apart;",
    result: "Pair(origin + sum / rows, squares - sum * sum / rows, rows)",
  });
};

/** Bindings: mean, variance, partial. */
export const moments = ({ grid }: BatchNorm): Program =>
  joinedParts(grid, {
    name: "batch norm statistics",
    tensors: { mean: "write", variance: "write", partial: "read" },
    join: joinMoments,
    finish: `let squares = select(pair.second, Values(), pair.second < Values());
  mean[v] = pair.first; variance[v] = squares / f32(ROWS);`,
  });

/** Bindings: y, x, mean, variance, scale, offset, and add if residual. */
export const normalised = (batchNorm: BatchNorm): Program => {
  const { relu, residual } = batchNorm;
  return eachVector(batchNorm, {
    key: `batch norm ${keyOf(batchNorm)}`,
    tensors: {
      y: "write",
      x: "read",
      mean: "read",
      variance: "read",
      scale: "read",
      offset: "read",
      ...(residual && { add: "read" }),
    },
    declarations: factor(batchNorm),
    // max() is not used, because it may turn NaN into zero.
    body: `let value = (x[i] - mean[v]) * factor(v) + offset[v]${residual ? " + add[i]" : ""};
  y[i] = ${relu ? "select(value, Values(), value <= Values())" : "value"};`,
  });
};

const joinSums =
  "fn join(a: Pair, b: Pair) -> Pair { return Pair(a.first + b.first, a.second + b.second, a.rows + b.rows); }";

/**
 * Sums of dz, which is dy where the ReLU was active, and of dz * (x - mean). Bindings: partial, x, dy, mean; after a ReLU without an addition, whose
 * mask is computed from x, also variance, scale, offset; after a residual ReLU also y and dz, which is written.
 */
export const partGradients = (batchNorm: BatchNorm): Program => {
  const { grid, relu, residual } = batchNorm;
  const fromX = relu && !residual;
  return partSums(grid, {
    name: `batch norm gradient sums ${keyOf(batchNorm)}`,
    tensors: {
      partial: "write",
      x: "read",
      dy: "read",
      mean: "read",
      ...(fromX && { variance: "read", scale: "read", offset: "read" }),
      ...(relu && residual && { y: "read", dz: "write" }),
    },
    join: joinSums,
    declarations: fromX ? factor(batchNorm) : "",
    begin: `let centre = mean[v]; var sum = Values(); var product = Values();
  ${fromX ? "let slope = factor(v); let constant = offset[v];" : ""}`,
    each: `let apart = x[i] - centre;
    ${fromX ? "let passed = select(dy[i], Values(), apart * slope + constant <= Values());" : ""}
    ${relu && residual ? "let passed = select(dy[i], Values(), y[i] <= Values()); dz[i] = passed;" : ""}
    ${relu ? "" : "let passed = dy[i];"}
    sum += passed; product += passed * apart;`,
    result: "Pair(sum, product, 0.0)",
  });
};

/** Bindings: dScale, dOffset, terms, partial, variance, scale. `terms` are [3, channels]: factor, and the constant and slope to subtract from dz. */
export const gradients = (batchNorm: BatchNorm): Program =>
  joinedParts(batchNorm.grid, {
    name: `batch norm gradients ${keyOf(batchNorm)}`,
    tensors: {
      dScale: "write",
      dOffset: "write",
      terms: "write",
      partial: "read",
      variance: "read",
      scale: "read",
    },
    join: joinSums,
    declarations: factor(batchNorm),
    finish: `let spread = variance[v] + ${batchNorm.epsilon};
  dScale[v] = pair.second / sqrt(spread); dOffset[v] = pair.first;
  terms[v] = factor(v); terms[VECTORS + v] = pair.first / f32(ROWS); terms[2u * VECTORS + v] = pair.second / f32(ROWS) / spread;`,
  });

/** Bindings: dx, x, dz, mean, terms, and offset where the mask of a ReLU is computed from x. */
export const gradientOfX = (batchNorm: BatchNorm): Program => {
  const fromX = batchNorm.relu && !batchNorm.residual;
  return eachVector(batchNorm, {
    key: `batch norm gradient ${keyOf(batchNorm)}`,
    tensors: {
      dx: "write",
      x: "read",
      dz: "read",
      mean: "read",
      terms: "read",
      ...(fromX && { offset: "read" }),
    },
    declarations: "",
    body: `let apart = x[i] - mean[v];
  let slope = terms[v];
  let passed = ${fromX ? "select(dz[i], Values(), apart * slope + offset[v] <= Values())" : "dz[i]"};
  dx[i] = (passed - terms[VECTORS + v] - terms[2u * VECTORS + v] * apart) * slope;`,
  });
};
