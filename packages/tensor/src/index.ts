// @mlpconv/tensor: the only import of TensorFlow.js, its engines, and the operations for training CNNs.
export {
  type Engine,
  EngineError,
  type EngineName,
  type EngineOptions,
  type EngineProblem,
  type EngineStatus,
  engineNames,
  type Precision,
} from "./engines/engine.js";
export { engines, tryGpu, useEngine } from "./engines/use-engine.js";
export { hostView } from "./host-view.js";
export type {
  Activation,
  BatchNormAttributes,
  ConvAttributes,
  Frame,
  KernelName,
  Kernels,
  Pad,
} from "./kernels.js";
export { type AdamStepOptions, adamStep, type Moments } from "./ops/adam-step.js";
export {
  type BatchNormOptions,
  type BatchNormResult,
  batchNorm,
  batchNormInference,
} from "./ops/batch-norm.js";
export { type ConvBiasReluOptions, convBiasRelu } from "./ops/conv-bias-relu.js";
export { type DropoutOptions, dropout } from "./ops/dropout.js";
export { globalAvgPool } from "./ops/global-avg-pool.js";
export { moveTowards, type RunningMean } from "./ops/move-towards.js";
export { resize } from "./ops/resize.js";
export { resizeLevels } from "./ops/resize-levels.js";
export { type SgdStepOptions, sgdStep } from "./ops/sgd-step.js";
export { softmaxCrossEntropy } from "./ops/softmax-cross-entropy.js";
export { variableGrads } from "./ops/variable-grads.js";
export { zeroPad } from "./ops/zero-pad.js";
export { fans, heNormal, heUniform, pytorchBias, xavierUniform } from "./random/initializers.js";
export { type Stream, type StreamOptions, stream } from "./random/stream.js";
export { type Recorder, type Recording, type ReplayAttributes, recorder } from "./recording.js";
export { tf } from "./tf.js";
