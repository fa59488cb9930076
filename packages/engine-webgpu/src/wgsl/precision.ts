// Mixed precision: a product's blocks are stored in workgroup memory as 16-bit floats, but multiplied and summed in 32 bits. Weights, activations
// and gradients outside of the products are 32-bit floats.

import type { MatrixUnit } from "./matrix-unit.js";

export type Precision = "full" | "mixed";

/**
 * Loss scaling within a product: entries of dy are multiplied by the factor and sums divided by it. A power of two makes both exact. Normal
 * 16-bit floats range from 6.1e-5 to 65,504. The gradient of a mean cross-entropy is at most 1 / batch at the logits, and 1e-3 to 1e-9 in deeper
 * layers. With 2^12 it keeps full precision down to 1.5e-8, reduced precision down to 1.5e-11, and is clamped above 16, where training diverges
 * anyway.
 */
export const gradientScale = (precision: Precision): number => (precision === "mixed" ? 2 ** 12 : 1);

/** Directives before a shader's declarations. */
export const enabled = (precision: Precision, unit?: MatrixUnit): string =>
  [
    precision === "mixed" ? "enable f16;\n" : "",
    unit ? "enable subgroups; enable chromium_experimental_subgroup_matrix;\n" : "",
  ].join("");

/** The largest 16-bit float, in WGSL. */
export const LARGEST = "65504.0";

/**
 * `alias TileVector`, four values of a tile in workgroup memory, and `fn to_tile(values) -> TileVector`. Values beyond the largest 16-bit float are
 * clamped, so that they do not become infinite; NaN may become a number.
 */
export const tileVector = (precision: Precision): string =>
  precision === "mixed"
    ? `alias TileVector = vec4<f16>;
fn to_tile(values: vec4f) -> TileVector { return TileVector(clamp(values, vec4f(-${LARGEST}), vec4f(${LARGEST}))); }`
    : `alias TileVector = vec4f;
fn to_tile(values: vec4f) -> TileVector { return values; }`;
