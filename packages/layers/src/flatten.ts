// Flattens images to rows of numbers for a dense layer.
import { tf } from "@mlpconv/tensor";
import type { Layer } from "./builtin.js";

/** [batch, h, w, c] to [batch, h * w * c], channels last. */
export const flatten = (): Layer[] => [tf.layers.flatten()];
