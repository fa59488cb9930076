// tfjs's "wasm" backend, able to train: `import "@mlpconv/engine-wasm"; await tf.setBackend("wasm")`.
import { avgPoolGrad } from "./kernels/avg-pool-grad.js";
import { batchMatMul } from "./kernels/batch-mat-mul.js";
import { convBiasRelu } from "./kernels/conv-bias-relu.js";
import { convBiasReluGradFilter } from "./kernels/conv-bias-relu-grad-filter.js";
import { convBiasReluGradInput } from "./kernels/conv-bias-relu-grad-input.js";
import { conv2dBackpropFilter } from "./kernels/conv2d-backprop-filter.js";
import { conv2dBackpropInput } from "./kernels/conv2d-backprop-input.js";
import { identity } from "./kernels/identity.js";
import { maxPoolGrad } from "./kernels/max-pool-grad.js";
import { conv2d, fusedConv2d } from "./kernels/same-padding.js";
import { sum } from "./kernels/sum.js";
import { unsortedSegmentSum } from "./kernels/unsorted-segment-sum.js";
import { register } from "./register.js";

register([
  avgPoolGrad,
  batchMatMul,
  convBiasRelu,
  convBiasReluGradFilter,
  convBiasReluGradInput,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  fusedConv2d,
  identity,
  maxPoolGrad,
  sum,
  unsortedSegmentSum,
]);

export { describe } from "./describe.js";
