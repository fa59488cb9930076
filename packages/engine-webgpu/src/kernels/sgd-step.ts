// SgdStep: one pass over weights, velocity and gradient, which changes the first two where they lie.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
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
    const program = update({
      name: `sgd${newVelocity ? " with velocity" : ""}${nesterov ? ", nesterov" : ""}`,
      written: newVelocity ? ["weights", "velocity"] : ["weights"],
      numbers: ["rate", "momentum", "kept"],
      count: util.sizeFromShape(weights.shape),
      body: newVelocity
        ? `let v = momentum * velocity[i] + g; velocity[i] = v; weights[i] = kept * weights[i] - rate * ${nesterov ? "(g + momentum * v)" : "v"};`
        : "weights[i] = kept * weights[i] - rate * g;",
    });
    const tensors = [newWeights, ...(newVelocity ? [newVelocity] : []), gradient];
    backend.record(program, tensors, uniforms("SgdStep", attributes, numbers));
    return newVelocity ? [newWeights, newVelocity] : [newWeights];
  },
);
