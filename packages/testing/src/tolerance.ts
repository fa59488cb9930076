// The one table of tolerances: how far an engine's float32 results may lie from the reference.
import type { EngineName } from "@mlpconv/tensor";
import type { Tolerance } from "./allclose.js";

/**
 * - exact: numbers are moved, compared or clipped, never computed
 * - elementwise: a few roundings an entry
 * - function: exp, log, sqrt and what is made of them
 * - sum: sums of many products (convolution, matmul, means), in any order; `atol` is relative to the largest entry
 */
export type Kind = "exact" | "elementwise" | "function" | "sum";

const float32: Record<Kind, Tolerance> = {
  exact: { rtol: 0, atol: 0 },
  elementwise: { rtol: 1e-6, atol: 1e-7 },
  function: { rtol: 1e-5, atol: 1e-6 },
  sum: { rtol: 1e-5, atol: 1e-5 },
};

// A GPU's exp and log are shorter, and its sums are split among threads.
const gpu: Record<Kind, Tolerance> = {
  ...float32,
  function: { rtol: 1e-4, atol: 1e-5 },
  sum: { rtol: 1e-4, atol: 1e-4 },
};

export const tolerance: Record<EngineName, Record<Kind, Tolerance>> = {
  "tensorflow-gpu": gpu,
  webgpu: gpu,
  native: float32,
  tensorflow: float32,
  wasm: float32,
  cpu: float32,
};

/**
 * The same in mixed precision, whose factors have 8 bits: each product of a sum is up to 2^-8 off, in both directions.
 * Numbers that are not sums of products stay in float32.
 */
export const mixedTolerance: Record<Kind, Tolerance> = { ...float32, sum: { rtol: 0, atol: 1e-2 } };

/** Against PyTorch's golden values, each relative to the scale that is named. */
export const goldenTolerance = {
  /** Tolerance as a share of the largest logit. */
  logits: 1e-4,
  loss: 1e-5,
  /** Tolerance as a share of the gradient's norm. */
  norm: 1e-3,
  /** A sampled entry, of the gradient's norm. */
  entry: 1e-3,
  /** For 34 layers with batch normalisation of 16 values a channel, in which a rounding may turn a ReLU: norm and entries, of the gradient's norm. */
  deep: 5e-3,
  /** Logits after three steps of such nets, of the largest logit. */
  afterSteps: 5e-3,
  /** Tolerance as a share of the largest logit and of a gradient's largest entry, by direct convolutions. */
  exact: 1e-5,
} as const;

/** The same in mixed precision. Where rounding moves a sum across a ReLU's zero or another maximum is pooled, single entries differ more. */
export const mixedGoldenTolerance = { logits: 2e-2, loss: 3e-3, norm: 0.1, entry: 0.1 } as const;
