// Network in Network as in d2l: AlexNet's windows and channels, without dense layers.
import { dropout, globalAvgPool, maxPool, ninBlock, sequential } from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import { checkClasses, type LastReluOption, type ModelOptions } from "./options.js";

/** Options of `nin`. */
export interface NinOptions extends ModelOptions, LastReluOption {
  /** 1x1 convolutions in each block. Default 2; an exercise of the chapter asks for one or three. */
  pointwise?: number | undefined;
}

/**
 * Network in Network (Lin et al., 2013, arXiv:1312.4400; d2l, "Network in Network"): 1,992,166 parameters. Images of at least 67 pixels.
 *
 * @throws InputSizeError when the image is too small; RangeError when an option is out of range
 */
export const nin = ({
  inputShape = [224, 224, 1],
  classes = 10,
  dropout: rate = 0.5,
  lastRelu = true,
  pointwise = 2,
  seed,
  init,
}: NinOptions = {}): tf.LayersModel => {
  checkClasses("nin", classes);
  const lastActivation = lastRelu ? "relu" : "linear";
  return sequential({ name: "nin", inputShape, seed, init }, [
    ninBlock(96, { kernel: 11, stride: 4, pointwise }), //                      54 x 54 x  96
    maxPool(3, { stride: 2 }), //                                    26 x 26 x  96
    ninBlock(256, { kernel: 5, padding: 2, pointwise }), //                     26 x 26 x 256
    maxPool(3, { stride: 2 }), //                                    12 x 12 x 256
    ninBlock(384, { kernel: 3, padding: 1, pointwise }), //                     12 x 12 x 384
    maxPool(3, { stride: 2 }), //                                     5 x  5 x 384
    dropout(rate),
    ninBlock(classes, { kernel: 3, padding: 1, pointwise, lastActivation }), //  5 x  5 x classes
    globalAvgPool(), //                                               classes
  ]);
};
