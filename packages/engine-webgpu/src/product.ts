// Records the product of two implicit matrices: convolutions, their gradients and matrix multiplications are each one of these.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "./backend.js";
import type { Program } from "./program.js";
import { addParts } from "./wgsl/add-parts.js";
import { bindings } from "./wgsl/bindings.js";
import { gemm, partsFor } from "./wgsl/gemm.js";
import type { Gemm } from "./wgsl/multiplication.js";
import { enabled, type Precision } from "./wgsl/precision.js";
import { type Tile, tileName } from "./wgsl/tile.js";
import { lanesOf, vector } from "./wgsl/vector.js";

export interface Product
  extends Omit<Gemm, "store" | "totals" | "lanes" | "parts" | "precision" | "unit" | "software"> {
  /** Unique for the shapes and for what is computed. */
  name: string;
  /**
   * Tensors that are read, in the order of their bindings. Channels lie next to one another in memory; `type` is WGSL's of their vectors, where that is not
   * the one for so many channels.
   */
  read: Record<string, { tensor: TensorInfo; channels: number; type?: string }>;
  /** WGSL that the matrices' entries use: constants and functions. */
  declarations?: string;
  /** Shapes of the results. The second result is the sums of the right matrix's columns. */
  shapes: [product: number[], totals?: number[]];
  /** WGSL expression of what is stored, of `sum` and `beside`. Default "sum". */
  become?: string;
  /** Precision in which terms are multiplied. Default: the backend's. */
  precision?: Precision;
  /** A factor that each term was multiplied with; sums are divided by it. Default 1. */
  scale?: number;
}

/** Records the product into new tensors; its sums are split into parts where the product has too few entries to occupy a GPU. */
export const product = (
  backend: TrainingBackend,
  {
    name,
    read,
    declarations = "",
    shapes,
    become = "sum",
    precision = backend.precision,
    scale = 1,
    ...what
  }: Product,
): TensorInfo[] => {
  const { rows, columns, depth } = what;
  const { software } = backend;
  const unit = precision === "mixed" ? backend.unit : undefined;
  const totals = shapes.length > 1;
  const height = totals ? rows + 1 : rows;
  const parts = become === "sum" ? partsFor(rows, columns, depth) : 1;
  const lanes = lanesOf(columns);
  const tensors = Object.entries(read);
  const access = Object.fromEntries(tensors.map(([tensor]) => [tensor, "read" as const]));
  const types = Object.fromEntries(
    tensors.map(([tensor, { channels, type }]) => [tensor, type ?? vector(lanesOf(channels))]),
  );
  const head = bindings({ result: "write", ...access }, { result: vector(lanes), ...types });
  const store = `result[((part * ${height}u + row) * COLUMNS + column) / ${lanes}u] = ${become}${scale === 1 ? "" : ` / ${scale}.0`};`;
  const full = `${precision === "mixed" ? "mixed precision " : ""}${name} ${become}`;
  const program = (tile: Tile): Program => {
    const { code, workgroups } = gemm(
      { ...what, parts, lanes, store, totals, precision, unit, software },
      tile,
    );
    return {
      key: `${full} in ${tileName(tile)}`,
      code: enabled(precision, unit) + [head, declarations, code].join("\n"),
      workgroups,
    };
  };
  const whole = parts === 1 && !totals;
  const target = backend.makeTensorInfo(whole ? shapes[0] : [parts, height * columns], "float32");
  const bound = [target, ...tensors.map(([, { tensor }]) => tensor)];
  const bytes = bound.map((tensor) => util.sizeFromShape(tensor.shape) * Float32Array.BYTES_PER_ELEMENT);
  backend.record(backend.tiles.programOf({ name: full, rows, columns, program, bytes, unit }), bound);
  if (whole) return [target];
  const sums = shapes.map((shape) => backend.makeTensorInfo(shape!, "float32"));
  backend.record(
    addParts(
      parts,
      sums.map(({ shape }) => util.sizeFromShape(shape)),
    ),
    [...sums, target],
  );
  backend.disposeData(target.dataId);
  return sums;
};
