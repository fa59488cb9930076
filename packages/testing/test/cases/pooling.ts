// Pooling: windows that overlap, touch or leave gaps, and ties, where one pixel alone may get the gradient.
import { globalAvgPool, tf } from "@mlpconv/tensor";
import { normal, rows, ties } from "../case.js";

export const pools = rows([
  ["maxPool 2/2", "exact", [normal(2, 6, 8, 3)], (x) => tf.maxPool(x, 2, 2, "valid")],
  ["maxPool 2/2 on odd sides", "exact", [normal(2, 7, 5, 3)], (x) => tf.maxPool(x, 2, 2, "valid")],
  ["maxPool 3/2 overlapping", "elementwise", [normal(2, 9, 8, 5)], (x) => tf.maxPool(x, 3, 2, "valid")],
  [
    "maxPool 3/2 overlapping with ties",
    "elementwise",
    [ties(2, 9, 8, 5)],
    (x) => tf.maxPool(x, 3, 2, "valid"),
  ],
  ["maxPool 3/2 with ties, by fours", "elementwise", [ties(2, 7, 9, 8)], (x) => tf.maxPool(x, 3, 2, "same")],
  ["maxPool 3/2 same", "elementwise", [normal(2, 8, 8, 3)], (x) => tf.maxPool(x, 3, 2, "same")],
  [
    "maxPool 3/2 same with ties, odd sides",
    "elementwise",
    [ties(2, 7, 9, 3)],
    (x) => tf.maxPool(x, 3, 2, "same"),
  ],
  [
    "maxPool 3/2 same of negative pixels",
    "elementwise",
    [normal(1, 6, 6, 2)],
    (x) => tf.maxPool(tf.sub(x, 10), 3, 2, "same"),
  ],
  ["maxPool 3/1 with ties", "elementwise", [ties(2, 6, 5, 2)], (x) => tf.maxPool(x, 3, 1, "same")],
  ["maxPool 1x3/1, 2", "elementwise", [ties(2, 7, 8, 2)], (x) => tf.maxPool(x, [1, 3], [1, 2], "same")],
  ["maxPool 3x1/2, 1", "elementwise", [ties(2, 7, 8, 2)], (x) => tf.maxPool(x, [3, 1], [2, 1], "valid")],
  ["maxPool 2/3: pixels between windows", "exact", [normal(2, 8, 9, 2)], (x) => tf.maxPool(x, 2, 3, "valid")],
  ["maxPool of the whole map", "exact", [ties(3, 5, 4, 2)], (x) => tf.maxPool(x, [5, 4], 1, "valid")],
  [
    "maxPool of constant maps",
    "elementwise",
    [normal(1, 6, 6, 2)],
    (x) => tf.maxPool(tf.mul(x, 0), 3, 2, "valid"),
  ],
  ["avgPool 2/2", "sum", [normal(2, 6, 8, 3)], (x) => tf.avgPool(x, 2, 2, "valid")],
  ["avgPool 2/2 on odd sides", "sum", [normal(2, 7, 5, 6)], (x) => tf.avgPool(x, 2, 2, "valid")],
  ["avgPool 3/2 overlapping", "sum", [normal(2, 9, 8, 3)], (x) => tf.avgPool(x, 3, 2, "valid")],
  [
    "avgPool 3/2 same: padding is not counted",
    "sum",
    [normal(2, 8, 7, 3)],
    (x) => tf.avgPool(x, 3, 2, "same"),
  ],
  [
    "globalAvgPool",
    "sum",
    [normal(3, 5, 7, 10)],
    (x) => globalAvgPool(x),
    { reference: (x) => tf.div(tf.sum(x, [1, 2]), 35) },
  ],
  [
    "globalAvgPool of one pixel",
    "sum",
    [normal(3, 1, 1, 4)],
    (x) => globalAvgPool(x),
    { reference: (x) => tf.reshape(x, [3, 4]) },
  ],
]);
