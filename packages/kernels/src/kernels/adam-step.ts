// AdamStep: one pass over weights, gradient and both moments, updated in place when no other tensor shares their values.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { expectShape } from "../geometry.js";
import { kernel } from "../kernel.js";

type Inputs = Record<"weights" | "gradient" | "mean" | "square", TensorInfo>;
type Attributes = Record<"learningRate" | "beta1" | "beta2" | "epsilon" | "weightDecay" | "step", number>;

export const adamStep = kernel<Inputs, Attributes>(
  "AdamStep",
  (
    { weights, gradient, mean, square },
    { learningRate, beta1, beta2, epsilon, weightDecay, step },
    backend,
  ) => {
    for (const [name, { shape }] of Object.entries({ gradient, mean, square })) {
      expectShape("AdamStep", name, shape, weights.shape);
    }
    const inputs = [weights, mean, square, gradient].map((tensor) => backend.floats(tensor));
    const outputs = [weights, mean, square].map((tensor) => backend.outputBuffer(tensor));
    const [w, m, s, g] = inputs as [Float32Array, Float32Array, Float32Array, Float32Array];
    const [newW, newM, newS] = outputs.map((tensor) => backend.floats(tensor)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    backend.library.call(
      "mlpconv_adam",
      util.sizeFromShape(weights.shape),
      learningRate / (1 - beta1 ** step),
      beta1,
      beta2,
      epsilon,
      1 / Math.sqrt(1 - beta2 ** step),
      1 - learningRate * weightDecay,
      w,
      m,
      s,
      g,
      newW,
      newM,
      newS,
    );
    return outputs;
  },
);
