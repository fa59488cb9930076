// SgdStep: one pass over weights, velocity and gradient, which updates the first two in place.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { kernel } from "../kernel.js";
import { uniforms } from "../uniforms.js";
import { update } from "../wgsl/update.js";

type Inputs = Record<"weights" | "gradient", TensorInfo> & { velocity?: TensorInfo };

interface Attributes {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
  weightDecay: number;
}

const numbers = ({ learningRate, momentum, weightDecay }: Attributes) =>
  Float32Array.of(learningRate, momentum, 1 - learningRate * weightDecay);

export const sgdStep = kernel<Inputs, Attributes>(
  "SgdStep",
  ({ weights, gradient, velocity }, attributes, backend) => {
    const { nesterov } = attributes;
    const newWeights = backend.writable(weights);
    const newVelocity = velocity && backend.writable(velocity);
    update(backend, {
      name: `sgd${newVelocity ? " with velocity" : ""}${nesterov ? ", nesterov" : ""}`,
      written: { weights: newWeights, ...(newVelocity && { velocity: newVelocity }) },
      gradient,
      numbers: ["rate", "momentum", "decay"],
      values: uniforms("SgdStep", attributes, numbers),
      body: newVelocity
        ? `let v = momentum * velocity[i] + g; velocity[i] = v; weights[i] = decay * weights[i] - rate * ${nesterov ? "(g + momentum * v)" : "v"};`
        : "weights[i] = decay * weights[i] - rate * g;",
    });
    return newVelocity ? [newWeights, newVelocity] : [newWeights];
  },
);
