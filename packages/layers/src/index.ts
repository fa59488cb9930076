// @mlpconv/layers: layers and blocks of classic CNNs as ordinary tf.layers, and `sequential`, which makes a model of them.

export { type BatchNormOptions, batchNorm } from "./batch-norm.js";
export type { Layer } from "./builtin.js";
export { type Activation, type Conv2dOptions, conv2d } from "./conv2d.js";
export { type DenseOptions, dense } from "./dense.js";
export { dropout } from "./dropout.js";
export { flatten } from "./flatten.js";
export { type InceptionChannels, inception } from "./inception.js";
export type { Init } from "./init.js";
export { InputSizeError } from "./input-size.js";
export { type Joined, type Part, parallel, type ResidualOptions, residual } from "./joined.js";
export { type NinBlockOptions, ninBlock } from "./nin-block.js";
export { avgPool, globalAvgPool, type MaxPoolOptions, maxPool, type PoolOptions } from "./pool.js";
export { type SequentialOptions, sequential } from "./sequential.js";
export { type VggBlockOptions, vggBlock } from "./vgg-block.js";
export { type WiredLayer, wiring } from "./wiring.js";
