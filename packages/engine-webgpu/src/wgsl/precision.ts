// Mixed precision: a product's tiles wait in workgroup memory as 16-bit floats, and are multiplied and summed in 32 bits. Weights, activations
// and gradients stay 32 bits wide outside of the products.

import type { MatrixUnit } from "./matrix-unit.js";

export type Precision = "full" | "mixed";

/**
 * What entries of dy are multiplied with in a tile, and their sums divided by: a power of two, so both are exact. Normal 16-bit floats reach from
 * 6.1e-5 to 65,504. The gradient of a mean cross-entropy is at most 1 / batch at the logits, and 1e-3 to 1e-9 in deeper layers: with 2^12 it
 * keeps all its digits from 1.5e-8 on, some from 1.5e-11 on, and is cut off above 16, where no training is that will end well.
 */
export const gradientScale = (precision: Precision): number => (precision === "mixed" ? 2 ** 12 : 1);

/** Directives in front of a shader's declarations. */
export const enabled = (precision: Precision, unit?: MatrixUnit): string =>
  [
    precision === "mixed" ? "enable f16;\n" : "",
    unit ? "enable subgroups; enable chromium_experimental_subgroup_matrix;\n" : "",
  ].join("");

/** The largest 16-bit float, in WGSL. */
export const LARGEST = "65504.0";

/** `alias Kept`, four numbers as a tile keeps them, and `fn kept(numbers) -> Kept`. The largest number stands for all beyond it: none becomes infinite, and what is not
 * a number may come out as one. */
export const kept = (precision: Precision): string =>
  precision === "mixed"
    ? `alias Kept = vec4<f16>;
fn kept(numbers: vec4f) -> Kept { return Kept(clamp(numbers, vec4f(-${LARGEST}), vec4f(${LARGEST}))); }`
    : `alias Kept = vec4f;
fn kept(numbers: vec4f) -> Kept { return numbers; }`;
