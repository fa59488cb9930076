// Records matrix products whose matrices are not stored. Convolutions, their gradients and matrix multiplications are all such products.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "./backend.js";
import type { Program } from "./program.js";
import { bindings } from "./wgsl/bindings.js";
import { gemm, splitKFor } from "./wgsl/gemm.js";
import type { Gemm } from "./wgsl/multiplication.js";
import { enabled, type Precision } from "./wgsl/precision.js";
import { sumSplits } from "./wgsl/sum-splits.js";
import { type Tile, tileName } from "./wgsl/tile.js";
import { vector, vectorWidthOf } from "./wgsl/vector.js";

/** What a product stores for each entry. */
export interface Epilogue {
  wgsl: string;
  /** Its part of the key in the file of saved tiles. Changing it would discard the tiles that users have measured. */
  key: string;
}

const plainSum: Epilogue = { wgsl: "sum", key: "sum" };

/** Epilogue for activation(sum + bias); undefined for the plain sum. */
export const epilogueOf = (bias: boolean, activation: "linear" | "relu"): Epilogue | undefined => {
  if (!bias && activation === "linear") return undefined;
  const sum = bias ? "sum + column_bias" : "sum";
  const key = bias ? "sum + beside" : "sum";
  if (activation === "linear") return { wgsl: sum, key };
  // max() is not used, because it may turn NaN into zero.
  const wgsl = `select(${sum}, Sums(), ${sum} < Sums())`;
  return { wgsl, key: `select(${key}, Outs(), ${key} < Outs())` };
};

export interface Product
  extends Omit<
    Gemm,
    "store" | "columnBias" | "columnSums" | "vectorWidth" | "splitK" | "precision" | "unit" | "software"
  > {
  /** Unique for the shapes and the computation. */
  name: string;
  /**
   * Tensors to read, in the order of their bindings. `channels` is the size of the contiguous axis; `type` is WGSL's type of their vectors, if it
   * does not follow from the channels.
   */
  read: Record<string, { tensor: TensorInfo; channels: number; type?: string }>;
  /** WGSL constants and functions that the entries of the matrices use. */
  declarations?: string;
  /** Shapes of the results. The second result holds the column sums of the right matrix. */
  shapes: [product: number[], columnSums?: number[]];
  /** A number for each column, `column_bias` in the epilogue. Default: 0. */
  bias?: TensorInfo | undefined;
  /** Value to store, as a WGSL expression of `sum` and `column_bias`, of type `Sums`. Default: the sum. */
  epilogue?: Epilogue | undefined;
  /** Precision in which terms are multiplied. Default: the backend's. */
  precision?: Precision;
  /**
   * Number of equal ranges of k, each a multiple of 32 long, whose sums are stored one after another instead of being added:
   * shapes[0] is then [ranges, rows, columns].
   */
  ranges?: number | undefined;
  /** A factor by which each term was multiplied; the sums are divided by it. Default 1. */
  scale?: number;
}

/** A matrix unit computes at least so many rows; for fewer, most of what it computes would be padding. */
const minUnitRows = 64;

/** Records the product into new tensors. It is split along k if it has too few entries to occupy a GPU. */
export const product = (
  backend: TrainingBackend,
  {
    name,
    read,
    declarations = "",
    shapes,
    precision = backend.precision,
    scale = 1,
    bias,
    epilogue = plainSum,
    ranges,
    ...what
  }: Product,
): TensorInfo[] => {
  const { rows, columns, depth } = what;
  const { software } = backend;
  const unit = precision === "mixed" && rows >= minUnitRows ? backend.unit : undefined;
  const columnSums = shapes.length > 1;
  const height = columnSums ? rows + 1 : rows;
  const splitK = ranges ?? splitKFor(rows, columns, depth);
  // With several partial sums, the epilogue is computed when they are added.
  const whole = ranges !== undefined || (splitK === 1 && !columnSums);
  const vectorWidth = vectorWidthOf(columns);
  const tensors = Object.entries<Product["read"][string]>({
    ...read,
    ...(whole && bias && { bias: { tensor: bias, channels: columns } }),
  });
  const access = Object.fromEntries(tensors.map(([tensor]) => [tensor, "read" as const]));
  const types = Object.fromEntries(
    tensors.map(([tensor, { channels, type }]) => [tensor, type ?? vector(vectorWidthOf(channels))]),
  );
  const head = bindings({ result: "write", ...access }, { result: vector(vectorWidth), ...types });
  const { wgsl, key } = whole ? epilogue : plainSum;
  const store = `result[((split * ${height}u + row) * COLUMNS + column) / ${vectorWidth}u] = ${wgsl}${scale === 1 ? "" : ` / ${scale}.0`};`;
  const columnBias = whole && bias ? `bias[column / ${vectorWidth}u]` : undefined;
  const full = `${precision === "mixed" ? "mixed precision " : ""}${name} ${key}`;
  const program = (tile: Tile): Program => {
    const { code, workgroups } = gemm(
      { ...what, splitK, vectorWidth, store, columnBias, columnSums, precision, unit, software },
      tile,
    );
    return {
      key: `${full} in ${tileName(tile)}`,
      code: enabled(precision, unit) + [head, declarations, code].join("\n"),
      workgroups,
    };
  };
  const target = backend.makeTensorInfo(whole ? shapes[0] : [splitK, height * columns], "float32");
  const bound = [target, ...tensors.map(([, { tensor }]) => tensor)];
  const bytes = bound.map((tensor) => util.sizeFromShape(tensor.shape) * Float32Array.BYTES_PER_ELEMENT);
  backend.record(backend.tiles.programOf({ name: full, rows, columns, program, bytes, unit }), bound);
  if (whole) return [target];
  const sums = shapes.map((shape) => backend.makeTensorInfo(shape!, "float32"));
  const counts = sums.map(({ shape }) => util.sizeFromShape(shape));
  backend.record(sumSplits(splitK, counts, epilogue, bias && columns), [
    ...sums,
    target,
    ...(bias ? [bias] : []),
  ]);
  backend.disposeData(target.dataId);
  return sums;
};
