// Entry by entry, with broadcasting, and sums and extremes over axes: what optimisers and metrics are made of.
import { tf } from "@mlpconv/tensor";
import { forward, labels, normal, positive, rows, ties } from "../case.js";

export const arithmetic = rows([
  ["add", "elementwise", [normal(3, 4, 5), normal(3, 4, 5)], (a, b) => tf.add(a, b)],
  ["add a bias", "sum", [normal(3, 4, 5, 6), normal(6)], (a, b) => tf.add(a, b)],
  ["add a scalar", "sum", [normal(3, 4), normal()], (a, b) => tf.add(a, b)],
  ["add across both", "sum", [normal(3, 1, 5), normal(4, 1)], (a, b) => tf.add(a, b)],
  ["addN", "elementwise", [normal(3, 4), normal(3, 4), normal(3, 4)], (a, b, c) => tf.addN([a, b, c])],
  ["sub", "sum", [normal(2, 3, 4, 5), normal(5)], (a, b) => tf.sub(a, b)],
  ["mul", "elementwise", [normal(3, 4, 5), normal(3, 4, 5)], (a, b) => tf.mul(a, b)],
  ["mul by a row", "sum", [normal(6, 4, 5), normal(5)], (a, b) => tf.mul(a, b)],
  ["mul by a scalar", "sum", [normal(6, 4, 5), normal()], (a, b) => tf.mul(a, b)],
  ["div", "elementwise", [normal(3, 4), positive(3, 4)], (a, b) => tf.div(a, b)],
  ["div by a row", "sum", [normal(5, 6, 3), positive(3)], (a, b) => tf.div(a, b)],
  ["maximum", "elementwise", [normal(3, 5), normal(3, 5)], (a, b) => tf.maximum(a, b)],
  ["minimum", "elementwise", [normal(3, 5), normal(3, 5)], (a, b) => tf.minimum(a, b)],
  ["neg", "exact", [normal(3, 5)], (x) => tf.neg(x)],
  ["abs", "exact", [normal(3, 5)], (x) => tf.abs(x)],
  ["square", "elementwise", [normal(3, 5)], (x) => tf.square(x)],
  ["sqrt", "function", [positive(3, 5)], (x) => tf.sqrt(x)],
  ["exp", "function", [normal(3, 5)], (x) => tf.exp(x)],
  ["log", "function", [positive(3, 5)], (x) => tf.log(x)],
  ["pow", "function", [positive(3, 5), positive(3, 5)], (a, b) => tf.pow(a, b)],
  ["clipByValue", "exact", [normal(4, 5)], (x) => tf.clipByValue(x, -0.5, 0.5)],
  ["step", "exact", [normal(4, 5)], (x) => tf.step(x), forward],
  ["sign", "exact", [normal(4, 5)], (x) => tf.sign(x), forward],
]);

export const reductions = rows([
  ["sum of all", "sum", [normal(3, 5, 7)], (x) => tf.sum(x)],
  ["sum of the last axis", "sum", [normal(3, 5, 7)], (x) => tf.sum(x, -1)],
  ["sum of the first axis", "sum", [normal(30, 5)], (x) => tf.sum(x, 0)],
  ["sum of all but the channels", "sum", [normal(3, 5, 7, 4)], (x) => tf.sum(x, [0, 1, 2])],
  ["sum of the middle axes, kept", "sum", [normal(3, 5, 7, 4)], (x) => tf.sum(x, [1, 2], true)],
  ["sum of whole numbers", "exact", [labels(9, 6, 5)], (x) => tf.sum(x, 1), forward],
  ["mean of all", "sum", [normal(3, 5, 7)], (x) => tf.mean(x)],
  ["mean of the last axis", "sum", [normal(4, 9)], (x) => tf.mean(x, 1)],
  ["mean of the middle axes", "sum", [normal(3, 5, 7, 4)], (x) => tf.mean(x, [1, 2])],
  ["max of the last axis", "exact", [normal(4, 9)], (x) => tf.max(x, 1)],
  ["max of all", "exact", [normal(4, 9)], (x) => tf.max(x)],
  ["min of all", "exact", [normal(4, 9)], (x) => tf.min(x)],
  ["argMax", "exact", [normal(6, 10)], (x) => tf.argMax(x, 1), forward],
  ["argMax with ties takes the first", "exact", [ties(20, 10)], (x) => tf.argMax(x, 1), forward],
  ["argMax of columns", "exact", [normal(6, 10)], (x) => tf.argMax(x, 0), forward],
  [
    "all and any",
    "exact",
    [ties(5, 4)],
    (x) => tf.stack([tf.all(tf.greater(x, 0)), tf.any(tf.greater(x, 0))]),
    forward,
  ],
]);
