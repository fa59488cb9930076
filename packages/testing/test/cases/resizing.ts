// Resizing: up, where stock tfjs agrees, and down, where windows widen.
import { resize, resizeLevels, tf } from "@mlpconv/tensor";
import { forward, labels, positive, rows } from "../case.js";

const upscaled = (size: [number, number]) => ({
  ...forward,
  // Half-pixel centres: where an image grows, tfjs's bilinear resize is PIL's.
  reference: (x: tf.Tensor4D) => tf.image.resizeBilinear(x, size, false, true),
});
export const resizes = rows([
  ["resize up, twice", "sum", [positive(2, 7, 7, 1)], (x) => resize(x, [14, 14]), upscaled([14, 14])],
  ["resize up by 24 / 7", "sum", [positive(1, 28, 28, 1)], (x) => resize(x, [96, 96]), upscaled([96, 96])],
  [
    "resize up, oblong and coloured",
    "sum",
    [positive(2, 5, 6, 3)],
    (x) => resize(x, [9, 17]),
    upscaled([9, 17]),
  ],
  [
    "resize down, half: windows of PIL's triangle",
    "sum",
    [positive(1, 8, 8, 1)],
    (x) => resize(x, [4, 4]),
    forward,
  ],
  ["resize down, oblong and coloured", "sum", [positive(2, 13, 11, 3)], (x) => resize(x, [5, 4]), forward],
  ["resize up one way and down the other", "sum", [positive(2, 5, 9, 2)], (x) => resize(x, [8, 4]), forward],
  [
    "resize to the same size",
    "sum",
    [positive(1, 5, 5, 2)],
    (x) => resize(x, [5, 5]),
    { ...forward, reference: (x) => tf.clone(x) },
  ],
  ["levels up, twice", "elementwise", [labels(256, 2, 7, 6, 3)], (x) => resizeLevels(x, [14, 12]), forward],
  ["levels down, half", "elementwise", [labels(256, 2, 8, 6, 1)], (x) => resizeLevels(x, [4, 3]), forward],
  // Fashion-MNIST's way to d2l's 224 pixels: weights of sixteenths.
  ["levels up by 8", "elementwise", [labels(256, 1, 28, 28, 1)], (x) => resizeLevels(x, [224, 224]), forward],
  [
    "levels up one way and down the other, coloured",
    "elementwise",
    [labels(256, 2, 4, 8, 3)],
    (x) => resizeLevels(x, [16, 4]),
    forward,
  ],
  [
    "levels of the same size",
    "elementwise",
    [labels(256, 2, 5, 4, 1)],
    (x) => resizeLevels(x, [5, 4]),
    { ...forward, reference: (x) => tf.div(x, tf.scalar(255)) },
  ],
]);
