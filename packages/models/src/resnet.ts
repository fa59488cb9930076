// ResNet: blocks whose input is added to what two convolutions make of it, so that deep nets learn no worse than shallow ones.
import {
  batchNorm,
  conv2d,
  dense,
  globalAvgPool,
  type Joined,
  maxPool,
  residual,
  sequential,
} from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import { checkClasses, type ModelOptions } from "./options.js";

/** Blocks of two convolutions in each of the four stages; with the first convolution and the dense layer they add up to the depth. */
const blocks = { 18: [2, 2, 2, 2], 34: [3, 4, 6, 3] } as const;

/** Number of layers with weights, without those of the shortcuts: 18 in ResNet-18. */
export type ResnetDepth = keyof typeof blocks;

/** Options of `resnet`, which has no dropout. */
export interface ResnetOptions extends Omit<ModelOptions, "dropout"> {
  /** Layers with weights. Default 18. */
  depth?: ResnetDepth | undefined;
}

/**
 * ResNet (He et al., 2015, arXiv:1512.03385, table 1) with torchvision's names, whose `state_dict` it loads: 11,689,512 parameters at depth 18 for colour
 * images and 1000 classes, 11,175,370 with the defaults. d2l's ResNet-18 ("Residual Networks (ResNet) and ResNeXt", 96 x 96 grey images) is the
 * same net, but that its convolutions have biases, which batch normalisation takes away. Images of any size; of 224 pixels the maps are 7 x 7 at the end.
 *
 * @throws RangeError when an option is out of range
 */
export const resnet = ({
  depth = 18,
  inputShape = [96, 96, 1],
  classes = 10,
  seed,
  init,
}: ResnetOptions = {}): tf.LayersModel => {
  const name = `resnet${depth}`;
  const n = blocksOf(depth);
  checkClasses(name, classes);
  return sequential(
    { name, inputShape, seed, init },
    {
      conv1: conv2d(64, { kernel: 7, stride: 2, padding: 3, ...plain }), // 48 x 48 x  64
      bn1: batchNorm({ activation: "relu" }),
      maxpool: maxPool(3, { stride: 2, padding: 1 }), //                   24 x 24 x  64
      layer1: stage(n[0], 64, 1), //                                       24 x 24 x  64
      layer2: stage(n[1], 128, 2), //                                      12 x 12 x 128
      layer3: stage(n[2], 256, 2), //                                       6 x  6 x 256
      layer4: stage(n[3], 512, 2), //                                       3 x  3 x 512
      avgpool: globalAvgPool(), //                                         512
      fc: dense(classes), //                                               classes
    },
  );
};

/** Batch normalisation behind the convolution has the offset. */
const plain = { activation: "linear", bias: false } as const;

/** Blocks of one width; the first one has the stride. */
const stage = (count: number, filters: number, stride: number): Joined[] =>
  Array.from({ length: count }, (_, i) => block(filters, i === 0 ? stride : 1));

/** Two 3x3 convolutions; with a stride, a 1x1 convolution brings the input to their shape. */
const block = (filters: number, stride: number): Joined =>
  residual(
    {
      conv1: conv2d(filters, { kernel: 3, padding: 1, stride, ...plain }),
      bn1: batchNorm({ activation: "relu" }),
      conv2: conv2d(filters, { kernel: 3, padding: 1, ...plain }),
      bn2: batchNorm(),
    },
    stride === 1
      ? {}
      : { shortcut: { downsample: [conv2d(filters, { kernel: 1, stride, ...plain }), batchNorm()] } },
  );

const blocksOf = (depth: ResnetDepth) => {
  if (depth in blocks) return blocks[depth];
  throw new RangeError(`resnet: expected depth to be one of ${Object.keys(blocks).join(", ")}, got ${depth}`);
};
