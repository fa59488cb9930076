// Network in Network with batch normalisation: the chapter's windows and channels, each convolution but the last one normalised.
import { dropout, globalAvgPool, maxPool, ninBlock, sequential } from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import type { NinOptions } from "./nin.js";
import { checkClasses } from "./options.js";

/** Options of `ninBn`. */
export type NinBnOptions = NinOptions;

/**
 * `nin` with batch normalisation (Ioffe and Szegedy, 2015, arXiv:1502.03167) between each convolution and its ReLU, and no biases there; the last
 * convolution, whose maps are the classes', stays as it is. 1,994,394 parameters. Images of at least 67 pixels.
 *
 * @throws InputSizeError when the image is too small; RangeError when an option is out of range
 */
export const ninBn = ({
  inputShape = [224, 224, 1],
  classes = 10,
  dropout: rate = 0.5,
  lastRelu = true,
  pointwise = 2,
  seed,
  init,
}: NinBnOptions = {}): tf.LayersModel => {
  checkClasses("ninBn", classes);
  const lastActivation = lastRelu ? "relu" : "linear";
  const all = { pointwise, batchNorm: "all" } as const;
  const butLast = { pointwise, batchNorm: "but last", lastActivation } as const;
  return sequential({ name: "ninBn", inputShape, seed, init }, [
    ninBlock(96, { kernel: 11, stride: 4, ...all }), //          54 x 54 x  96
    maxPool(3, { stride: 2 }), //                                26 x 26 x  96
    ninBlock(256, { kernel: 5, padding: 2, ...all }), //         26 x 26 x 256
    maxPool(3, { stride: 2 }), //                                12 x 12 x 256
    ninBlock(384, { kernel: 3, padding: 1, ...all }), //         12 x 12 x 384
    maxPool(3, { stride: 2 }), //                                 5 x  5 x 384
    dropout(rate),
    ninBlock(classes, { kernel: 3, padding: 1, ...butLast }), //  5 x  5 x classes
    globalAvgPool(), //                                          classes
  ]);
};
