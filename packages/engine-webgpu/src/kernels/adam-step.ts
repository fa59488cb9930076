// AdamStep: one pass over weights, moments and gradient, which updates the first three in place.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { kernel } from "../kernel.js";
import { uniforms } from "../uniforms.js";
import { update } from "../wgsl/update.js";

interface Attributes {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  step: number;
}

/** Uniforms, computed in 64 bits: in 32 bits, 1 - 0.999 has a relative error of 5e-5. */
const numbers = ({ learningRate, beta1, beta2, epsilon, weightDecay, step }: Attributes) =>
  Float32Array.of(
    learningRate / (1 - beta1 ** step),
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    epsilon,
    1 / Math.sqrt(1 - beta2 ** step),
    1 - learningRate * weightDecay,
  );

export const adamStep = kernel<Record<"weights" | "gradient" | "mean" | "square", TensorInfo>, Attributes>(
  "AdamStep",
  ({ weights, gradient, mean, square }, attributes, backend) => {
    const written = {
      weights: backend.writable(weights),
      mean: backend.writable(mean),
      square: backend.writable(square),
    };
    update(backend, {
      name: "adam",
      written,
      gradient,
      numbers: [
        "rate",
        "beta1",
        "one_minus_beta1",
        "beta2",
        "one_minus_beta2",
        "epsilon",
        "correction",
        "decay",
      ],
      values: uniforms("AdamStep", attributes, numbers),
      body: `let m = beta1 * mean[i] + one_minus_beta1 * g; mean[i] = m;
  let s = beta2 * square[i] + one_minus_beta2 * g * g; square[i] = s;
  weights[i] = decay * weights[i] - rate * m / (correction * sqrt(s) + epsilon);`,
    });
    return Object.values(written);
  },
);
