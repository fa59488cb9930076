// Registers this package's kernels with tfjs, in place of tfjs's own kernels of the same name.
import { getKernel, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { adamStep } from "./kernels/adam-step.js";
import { addN } from "./kernels/add-n.js";
import { argExtremes } from "./kernels/arg-extremes.js";
import { avgPoolGrad } from "./kernels/avg-pool-grad.js";
import { batchNormKernels } from "./kernels/batch-norm.js";
import { cast } from "./kernels/cast.js";
import { convBiasRelu, convBiasReluGradFilter, convBiasReluGradInput } from "./kernels/conv-bias-relu.js";
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput } from "./kernels/conv2d.js";
import { dropout } from "./kernels/dropout.js";
import { fusedWithRelu6 } from "./kernels/fused-relu6.js";
import { matMul } from "./kernels/mat-mul.js";
import { maxPool } from "./kernels/max-pool.js";
import { maxPoolGrad } from "./kernels/max-pool-grad.js";
import { moveTowards } from "./kernels/move-towards.js";
import { relu6 } from "./kernels/relu6.js";
import { resizeLevels } from "./kernels/resize-levels.js";
import { sgdStep } from "./kernels/sgd-step.js";
import { softmaxCrossEntropy } from "./kernels/softmax-cross-entropy.js";
import { zeroPad } from "./kernels/zero-pad.js";

const kernels = [
  adamStep,
  addN,
  ...argExtremes,
  avgPoolGrad,
  ...batchNormKernels,
  cast,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  convBiasRelu,
  convBiasReluGradFilter,
  convBiasReluGradInput,
  dropout,
  ...fusedWithRelu6,
  matMul,
  maxPool,
  maxPoolGrad,
  moveTowards,
  relu6,
  resizeLevels,
  sgdStep,
  softmaxCrossEntropy,
  zeroPad,
];

export const registerKernels = (): void => {
  for (const kernel of kernels) {
    if (getKernel(kernel.kernelName, kernel.backendName))
      unregisterKernel(kernel.kernelName, kernel.backendName);
    registerKernel(kernel);
  }
};
