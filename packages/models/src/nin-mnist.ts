// The NiN authors' own network for MNIST (28 x 28 grey images); it takes Fashion-MNIST without resizing.
import { dropout, globalAvgPool, maxPool, ninBlock, sequential } from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import {
  checkClasses,
  divideBy,
  type LastReluOption,
  type ModelOptions,
  type RatioOption,
} from "./options.js";

/** Options of `ninMnist`. */
export interface NinMnistOptions extends ModelOptions, LastReluOption, RatioOption {}

/**
 * The paper's MNIST network (Lin et al., 2013, arXiv:1312.4400, section 4.5; channels from the authors' cuda-convnet files): 349,674
 * parameters. Images of at least 4 pixels.
 *
 * @throws InputSizeError when the image is too small; RangeError when an option is out of range
 */
export const ninMnist = ({
  inputShape = [28, 28, 1],
  classes = 10,
  dropout: rate = 0.5,
  ratio = 1,
  lastRelu = true,
  seed,
  init,
}: NinMnistOptions = {}): tf.LayersModel => {
  checkClasses("ninMnist", classes);
  const c = divideBy("ninMnist", ratio);
  const lastActivation = lastRelu ? "relu" : "linear";
  return sequential({ name: "ninMnist", inputShape, seed, init }, [
    ninBlock([c(96), c(64), c(48)], { kernel: 5, padding: 2 }), //                     28 x 28 x 48
    maxPool(3, { stride: 2, ceil: true }), //                                          14 x 14 x 48
    dropout(rate),
    ninBlock([c(128), c(96), c(48)], { kernel: 5, padding: 2 }), //                    14 x 14 x 48
    maxPool(3, { stride: 2, ceil: true }), //                                           7 x  7 x 48
    dropout(rate),
    ninBlock([c(128), c(96), classes], { kernel: 5, padding: 2, lastActivation }), //   7 x  7 x classes
    globalAvgPool(), //                                                                 classes
  ]);
};
