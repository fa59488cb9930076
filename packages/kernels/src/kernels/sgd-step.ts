// SgdStep: one pass over weights, velocity and gradient. Weights and velocity are updated in place when no other tensor shares their values.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { expectShape } from "../geometry.js";
import { kernel } from "../kernel.js";

type Inputs = Record<"weights" | "gradient", TensorInfo> & { velocity?: TensorInfo };

interface Attributes {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
  weightDecay: number;
}

export const sgdStep = kernel<Inputs, Attributes>(
  "SgdStep",
  ({ weights, gradient, velocity }, { learningRate, momentum, nesterov, weightDecay }, backend) => {
    expectShape("SgdStep", "gradient", gradient.shape, weights.shape);
    if (velocity) expectShape("SgdStep", "velocity", velocity.shape, weights.shape);
    const [w, g, v] = [
      backend.floats(weights),
      backend.floats(gradient),
      velocity ? backend.floats(velocity) : null,
    ];
    const newWeights = backend.outputBuffer(weights);
    const newVelocity = velocity && backend.outputBuffer(velocity);
    backend.library.call(
      "mlpconv_sgd",
      util.sizeFromShape(weights.shape),
      learningRate,
      momentum,
      Number(nesterov),
      1 - learningRate * weightDecay,
      w,
      v,
      g,
      backend.floats(newWeights),
      newVelocity ? backend.floats(newVelocity) : null,
    );
    return newVelocity ? [newWeights, newVelocity] : [newWeights];
  },
);
