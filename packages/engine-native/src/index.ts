// tfjs's backend "native": `import "@mlpconv/engine-native"; await tf.setBackend("native")`.
import { registerBackend } from "@tensorflow/tfjs-core";
import { backendName, NativeBackend } from "./backend.js";
import { adamStep } from "./kernels/adam-step.js";
import { convBiasRelu, convBiasReluGradFilter, convBiasReluGradInput } from "./kernels/conv-bias-relu.js";
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput, fusedConv2d } from "./kernels/convolution.js";
import { dataMovementKernels } from "./kernels/data-movement.js";
import { dropout } from "./kernels/dropout.js";
import { elementwise } from "./kernels/elementwise.js";
import { batchMatMul, fusedMatMul } from "./kernels/mat-mul.js";
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from "./kernels/pool.js";
import { reductions } from "./kernels/reduce.js";
import { resizeLevels } from "./kernels/resize-levels.js";
import { sgdStep } from "./kernels/sgd-step.js";
import { softmaxCrossEntropy } from "./kernels/softmax-cross-entropy.js";
import { library } from "./library.js";
import { register } from "./register.js";
import { registerSigmoidGradient } from "./sigmoid-gradient.js";

register([
  adamStep,
  avgPool,
  avgPoolGrad,
  batchMatMul,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  convBiasRelu,
  convBiasReluGradFilter,
  convBiasReluGradInput,
  dropout,
  ...elementwise,
  fusedConv2d,
  fusedMatMul,
  maxPool,
  maxPoolGrad,
  ...dataMovementKernels,
  ...reductions,
  resizeLevels,
  sgdStep,
  softmaxCrossEntropy,
]);

registerSigmoidGradient();

// The lowest rank: importing the package must not make it the backend of a program that does not ask for it, because it starts
// asynchronously and perhaps with a compilation.
registerBackend(backendName, async () => new NativeBackend(await library()), 0);

export { describe, library as prepare } from "./library.js";
export { NativeError } from "./native-error.js";
