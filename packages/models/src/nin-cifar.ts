// The NiN authors' own network for CIFAR-10 (32 x 32 colour images).
import { dropout, globalAvgPool, maxPool, ninBlock, sequential } from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import {
  checkClasses,
  divideBy,
  type LastReluOption,
  type ModelOptions,
  type RatioOption,
} from "./options.js";

/** Options of `ninCifar`. */
export interface NinCifarOptions extends ModelOptions, LastReluOption, RatioOption {}

/**
 * The paper's CIFAR-10 network (Lin et al., 2013, arXiv:1312.4400, section 4.2; channels from the authors' cuda-convnet files):
 * 966,986 parameters with three input channels. Images of at least 4 pixels.
 *
 * @throws InputSizeError when the image is too small; RangeError when an option is out of range
 */
export const ninCifar = ({
  inputShape = [32, 32, 3],
  classes = 10,
  dropout: rate = 0.5,
  ratio = 1,
  lastRelu = true,
  seed,
  init,
}: NinCifarOptions = {}): tf.LayersModel => {
  checkClasses("ninCifar", classes);
  const c = divideBy("ninCifar", ratio);
  const lastActivation = lastRelu ? "relu" : "linear";
  return sequential({ name: "ninCifar", inputShape, seed, init }, [
    ninBlock([c(192), c(160), c(96)], { kernel: 5, padding: 2 }), //                    32 x 32 x  96
    maxPool(3, { stride: 2, ceil: true }), //                                           16 x 16 x  96
    dropout(rate),
    ninBlock([c(192), c(192), c(192)], { kernel: 5, padding: 2 }), //                   16 x 16 x 192
    maxPool(3, { stride: 2, ceil: true }), //                                            8 x  8 x 192
    dropout(rate),
    ninBlock([c(192), c(192), classes], { kernel: 3, padding: 1, lastActivation }), //   8 x  8 x classes
    globalAvgPool(), //                                                                  classes
  ]);
};
