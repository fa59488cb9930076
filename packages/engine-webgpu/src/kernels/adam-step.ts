// AdamStep: one pass over weights, moments and gradient, which changes the first three where they lie.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { kernel } from "../kernel.js";
import { update } from "../wgsl/update.js";

interface Attributes {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  correction: number;
  keptWeight: number;
}

export const adamStep = kernel<Record<"weights" | "gradient" | "mean" | "square", TensorInfo>, Attributes>(
  "AdamStep",
  (
    { weights, gradient, mean, square },
    { learningRate, beta1, beta2, epsilon, correction, keptWeight },
    backend,
  ) => {
    const written = [weights, mean, square].map((tensor) => backend.writable(tensor));
    const program = update({
      name: "adam",
      written: ["weights", "mean", "square"],
      numbers: [
        "rate",
        "keep_mean",
        "add_mean",
        "keep_square",
        "add_square",
        "epsilon",
        "correction",
        "kept",
      ],
      count: util.sizeFromShape(weights.shape),
      body: `let m = keep_mean * mean[i] + add_mean * g; mean[i] = m;
  let s = keep_square * square[i] + add_square * g * g; square[i] = s;
  weights[i] = kept * weights[i] - rate * m / (correction * sqrt(s) + epsilon);`,
    });
    // 1 - beta in the host's numbers: of 0.999 in 32 bits it would be 5e-5 off.
    const numbers = Float32Array.of(
      ...[learningRate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, correction, keptWeight],
    );
    backend.record(program, [...written, gradient], numbers);
    return written;
  },
);
