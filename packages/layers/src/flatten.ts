// From images to rows of numbers, where a dense layer follows.
import { tf } from "@mlpconv/tensor";
import type { Layer } from "./builtin.js";

/** [batch, h, w, c] to [batch, h * w * c], channels last. */
export const flatten = (): Layer[] => [tf.layers.flatten()];
