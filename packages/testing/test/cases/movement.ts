// Numbers that move and change type but not value.
import { tf, zeroPad } from "@mlpconv/tensor";
import { forward, labels, normal, rows, ties } from "../case.js";

export const movements = rows([
  [
    "pad an image",
    "exact",
    [normal(2, 4, 5, 3)],
    (x) =>
      tf.pad(x, [
        [0, 0],
        [1, 2],
        [0, 3],
        [0, 0],
      ]),
  ],
  [
    "zeros around an image",
    "exact",
    [normal(2, 4, 5, 3)],
    (x) =>
      zeroPad(x, [
        [1, 2],
        [0, 3],
      ]),
    {
      reference: (x: tf.Tensor4D) =>
        tf.pad(x, [
          [0, 0],
          [1, 2],
          [0, 3],
          [0, 0],
        ]),
    },
  ],
  [
    "pad with a value",
    "exact",
    [normal(3, 4)],
    (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [2, 2],
        ],
        7,
      ),
    forward,
  ],
  ["transpose a matrix", "exact", [normal(33, 18)], (x) => tf.transpose(x)],
  ["transpose OIHW to HWIO", "exact", [normal(5, 4, 3, 2)], (x) => tf.transpose(x, [2, 3, 1, 0])],
  ["transpose NHWC to CHWN", "exact", [normal(2, 3, 4, 5)], (x) => tf.transpose(x, [3, 1, 2, 0])],
  ["transpose NCHW to NHWC", "exact", [normal(2, 3, 4, 5)], (x) => tf.transpose(x, [0, 2, 3, 1])],
  ["reshape", "exact", [normal(2, 3, 4, 5)], (x) => tf.reshape(x, [6, 20])],
  ["concat of rows", "exact", [normal(2, 3), normal(4, 3)], (a, b) => tf.concat([a, b], 0)],
  ["concat of channels", "exact", [normal(2, 3, 4, 2), normal(2, 3, 4, 5)], (a, b) => tf.concat([a, b], 3)],
  ["slice", "exact", [normal(5, 6, 7)], (x) => tf.slice(x, [1, 0, 3], [2, 6, 4])],
  ["slice of a batch", "exact", [normal(9, 4, 4, 2)], (x) => tf.slice(x, [4], [3])],
  ["stack", "exact", [normal(3, 4), normal(3, 4)], (a, b) => tf.stack([a, b], 1)],
  ["unstack", "exact", [normal(3, 4)], (x) => tf.add(tf.unstack(x, 0)[1]!, 0)],
  ["gather rows", "sum", [normal(6, 4), labels(6, 9)], (x, index) => tf.gather(x, index)],
  ["reverse columns", "exact", [normal(2, 4, 5, 3)], (x) => tf.reverse(x, [2])],
  ["flip left to right", "exact", [normal(2, 4, 5, 3)], (x) => tf.image.flipLeftRight(x), forward],
  ["tile", "sum", [normal(2, 3)], (x) => tf.tile(x, [2, 3])],
  ["broadcastTo", "sum", [normal(1, 3)], (x) => tf.broadcastTo(x, [4, 3])],
  ["expandDims and squeeze", "exact", [normal(2, 3)], (x) => tf.squeeze(tf.expandDims(x, 1), [1])],
  [
    "where",
    "exact",
    [labels(3, 3, 4), normal(3, 4), normal(3, 4)],
    (on, a, b) => tf.where(tf.greater(on, 0), a, b),
  ],
  [
    "onesLike and zerosLike",
    "exact",
    [normal(3, 4)],
    (x) => tf.sub(tf.zerosLike(x), tf.onesLike(x)),
    forward,
  ],
]);

export const conversions = rows([
  ["cast of pixels to numbers", "exact", [labels(256, 4, 5)], (x) => tf.cast(x, "float32"), forward],
  ["cast of numbers to whole ones", "exact", [normal(4, 5)], (x) => tf.cast(tf.mul(x, 10), "int32"), forward],
  ["cast of a comparison", "exact", [normal(4, 5)], (x) => tf.cast(tf.greaterEqual(x, 0), "int32"), forward],
  ["equal labels", "exact", [labels(3, 20), labels(3, 20)], (a, b) => tf.equal(a, b), forward],
  [
    "notEqual, less, lessEqual",
    "exact",
    [ties(3, 4), ties(3, 4)],
    (a, b) => tf.stack([tf.notEqual(a, b), tf.less(a, b), tf.lessEqual(a, b)]),
    forward,
  ],
  [
    "logicalAnd, logicalNot",
    "exact",
    [ties(3, 4), ties(3, 4)],
    (a, b) => tf.logicalAnd(tf.greater(a, 0), tf.logicalNot(tf.greater(b, 0))),
    forward,
  ],
  ["isNaN", "exact", [normal(3, 4)], (x) => tf.isNaN(tf.log(x)), forward],
  ["isFinite", "exact", [ties(3, 4)], (x) => tf.isFinite(tf.div(1, x)), forward],
  // Not with a dtype: stock wasm writes whole numbers under any.
  ["oneHot", "exact", [labels(5, 8)], (x) => tf.oneHot(x, 5), forward],
]);
