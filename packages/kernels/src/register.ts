// Puts the kernels into tfjs's registry for a backend: the cpu backend's, whose tensors are typed arrays too, and ours in the place of those of the
// same name.
import { getKernel, getKernelsForBackend, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu"; // registers the kernels that are copied
import type { KernelBackend } from "./backend.js";
import { registerBatchNormGradient } from "./batch-norm-gradient.js";
import { adamStep } from "./kernels/adam-step.js";
import { batchNormKernels } from "./kernels/batch-norm.js";
import { batchNormTrainingKernels } from "./kernels/batch-norm-training.js";
import { binaryKernels } from "./kernels/binary.js";
import { convBiasRelu, convBiasReluGradFilter, convBiasReluGradInput } from "./kernels/conv-bias-relu.js";
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput, fusedConv2d } from "./kernels/convolution.js";
import { dataMovementKernels } from "./kernels/data-movement.js";
import { depthwiseKernels } from "./kernels/depthwise.js";
import { dropout } from "./kernels/dropout.js";
import { elementwise } from "./kernels/elementwise.js";
import { gatherKernels } from "./kernels/gather.js";
import { joiningKernels } from "./kernels/joining.js";
import { linSpace } from "./kernels/lin-space.js";
import { batchMatMul, fusedMatMul } from "./kernels/mat-mul.js";
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from "./kernels/pool.js";
import { reductions } from "./kernels/reduce.js";
import { resizeKernels } from "./kernels/resize-images.js";
import { resizeLevels } from "./kernels/resize-levels.js";
import { responseNormKernels } from "./kernels/response-norm.js";
import { rotateWithOffset } from "./kernels/rotate.js";
import { scanKernels } from "./kernels/scan.js";
import { sgdStep } from "./kernels/sgd-step.js";
import { softmaxCrossEntropy } from "./kernels/softmax-cross-entropy.js";
import { topK } from "./kernels/top-k.js";
import { unaryKernels } from "./kernels/unary.js";
import { registerSigmoidGradient } from "./sigmoid-gradient.js";

const ours = [
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
  ...gatherKernels,
  ...joiningKernels,
  linSpace,
  ...reductions,
  resizeLevels,
  ...scanKernels,
  sgdStep,
  softmaxCrossEntropy,
  ...unaryKernels,
  ...binaryKernels,
  ...depthwiseKernels,
  ...batchNormKernels,
  ...batchNormTrainingKernels,
  ...resizeKernels,
  ...responseNormKernels,
  rotateWithOffset,
  topK,
];

/** Registers all kernels under a backend's name, before the backend itself. */
export const registerKernels = (backendName: string): void => {
  for (const { kernelName, kernelFunc } of [...getKernelsForBackend("cpu"), ...ours]) {
    if (getKernel(kernelName, backendName)) unregisterKernel(kernelName, backendName);
    registerKernel({
      kernelName,
      backendName,
      kernelFunc: (call) => (call.backend as KernelBackend).undoneIfThrown(() => kernelFunc(call)),
    });
  }
  registerSigmoidGradient();
  registerBatchNormGradient();
};
