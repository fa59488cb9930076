// tfjs's "wasm" backend, able to train: `import "@mlpconv/engine-wasm"; await tf.setBackend("wasm")`.
import { avgPoolGrad } from "./kernels/avg-pool-grad.js";
import { batchMatMul } from "./kernels/batch-mat-mul.js";
import { clips } from "./kernels/clip.js";
import { convBiasRelu } from "./kernels/conv-bias-relu.js";
import { convBiasReluGradFilter } from "./kernels/conv-bias-relu-grad-filter.js";
import { convBiasReluGradInput } from "./kernels/conv-bias-relu-grad-input.js";
import { conv2dBackpropFilter } from "./kernels/conv2d-backprop-filter.js";
import { conv2dBackpropInput } from "./kernels/conv2d-backprop-input.js";
import { depthwiseGradients } from "./kernels/depthwise-gradients.js";
import { extremes } from "./kernels/extremes.js";
import { fusedMatMul } from "./kernels/fused-mat-mul.js";
import { gather } from "./kernels/gather.js";
import { identity } from "./kernels/identity.js";
import { maxPoolGrad } from "./kernels/max-pool-grad.js";
import { checkNumberTypes } from "./kernels/number-types.js";
import { avgPool, maxPool } from "./kernels/pool.js";
import { reductions } from "./kernels/reduce-nothing.js";
import { slice } from "./kernels/slice.js";
import { sum } from "./kernels/sum.js";
import { unsortedSegmentSum } from "./kernels/unsorted-segment-sum.js";
import { conv2d, depthwiseConv2d, fusedConv2d, fusedDepthwiseConv2d } from "./kernels/windows.js";
import { register } from "./register.js";

register([
  avgPool,
  avgPoolGrad,
  batchMatMul,
  ...clips,
  convBiasRelu,
  convBiasReluGradFilter,
  convBiasReluGradInput,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseConv2d,
  ...depthwiseGradients,
  ...extremes,
  fusedConv2d,
  fusedDepthwiseConv2d,
  fusedMatMul,
  gather,
  identity,
  maxPool,
  maxPoolGrad,
  ...reductions,
  slice,
  sum,
  unsortedSegmentSum,
]);
checkNumberTypes("wasm");

export { describe } from "./describe.js";
