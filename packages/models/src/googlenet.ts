// GoogLeNet: blocks of four branches side by side; it took 1x1 convolutions and global average pooling from Network in Network.
import { conv2d, dense, globalAvgPool, inception, maxPool, sequential } from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import { checkClasses, type ModelOptions } from "./options.js";

/** Options of `googlenet`, which has no dropout. */
export type GooglenetOptions = Omit<ModelOptions, "dropout">;

/**
 * GoogLeNet (Szegedy et al., 2014, arXiv:1409.4842, table 1) as in d2l, "Multi-Branch Networks (GoogLeNet)": without the two helpers of its training, local
 * response normalisation and dropout. 5,977,530 parameters. Images of any size.
 *
 * @throws RangeError when an option is out of range
 */
export const googlenet = ({
  inputShape = [96, 96, 1],
  classes = 10,
  seed,
  init,
}: GooglenetOptions = {}): tf.LayersModel => {
  checkClasses("googlenet", classes);
  return sequential({ name: "googlenet", inputShape, seed, init }, [
    [...conv2d(64, { kernel: 7, stride: 2, padding: 3 }), ...halve()], //              24 x 24 x   64
    [...conv2d(64, { kernel: 1 }), ...conv2d(192, { kernel: 3, padding: 1 }), ...halve()], // 12 x 12 x  192
    [
      inception({ one: 64, three: [96, 128], five: [16, 32], pooled: 32 }), //         12 x 12 x  256
      inception({ one: 128, three: [128, 192], five: [32, 96], pooled: 64 }), //       12 x 12 x  480
      halve(), //                                                                       6 x  6 x  480
    ],
    [
      inception({ one: 192, three: [96, 208], five: [16, 48], pooled: 64 }), //         6 x  6 x  512
      inception({ one: 160, three: [112, 224], five: [24, 64], pooled: 64 }), //        6 x  6 x  512
      inception({ one: 128, three: [128, 256], five: [24, 64], pooled: 64 }), //        6 x  6 x  512
      inception({ one: 112, three: [144, 288], five: [32, 64], pooled: 64 }), //        6 x  6 x  528
      inception({ one: 256, three: [160, 320], five: [32, 128], pooled: 128 }), //      6 x  6 x  832
      halve(), //                                                                       3 x  3 x  832
    ],
    [
      inception({ one: 256, three: [160, 320], five: [32, 128], pooled: 128 }), //      3 x  3 x  832
      inception({ one: 384, three: [192, 384], five: [48, 128], pooled: 128 }), //      3 x  3 x 1024
      globalAvgPool(), //                                                              1024
    ],
    dense(classes), //                                                                 classes
  ]);
};

/** Max pooling that halves the map. */
const halve = () => maxPool(3, { stride: 2, padding: 1 });
