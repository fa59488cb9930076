// Matrix products in every transposition, and the dense layer made of them.
import { tf } from "@mlpconv/tensor";
import { normal, rows } from "../case.js";

export const products = rows([
  ["matMul", "sum", [normal(7, 5), normal(5, 3)], (a, b) => tf.matMul(a, b)],
  ["matMul a transposed", "sum", [normal(5, 7), normal(5, 3)], (a, b) => tf.matMul(a, b, true, false)],
  ["matMul b transposed", "sum", [normal(7, 5), normal(3, 5)], (a, b) => tf.matMul(a, b, false, true)],
  ["matMul both transposed", "sum", [normal(5, 7), normal(3, 5)], (a, b) => tf.matMul(a, b, true, true)],
  ["matMul of a row", "sum", [normal(1, 65), normal(65, 33)], (a, b) => tf.matMul(a, b)],
  ["matMul to a column", "sum", [normal(33, 65), normal(65, 1)], (a, b) => tf.matMul(a, b)],
  ["matMul by fours", "sum", [normal(20, 24), normal(24, 36)], (a, b) => tf.matMul(a, b)],
  ["matMul by fours, a transposed", "sum", [normal(24, 20), normal(24, 36)], (a, b) => tf.matMul(a, b, true)],
  [
    "matMul by fours, b transposed",
    "sum",
    [normal(20, 24), normal(36, 24)],
    (a, b) => tf.matMul(a, b, false, true),
  ],
  [
    "matMul by fours, both transposed",
    "sum",
    [normal(24, 20), normal(36, 24)],
    (a, b) => tf.matMul(a, b, true, true),
  ],
  ["matMul of long sums", "sum", [normal(3, 4100), normal(4100, 10)], (a, b) => tf.matMul(a, b)],
  ["matMul of batches", "sum", [normal(3, 4, 5), normal(3, 5, 2)], (a, b) => tf.matMul(a, b)],
  [
    "matMul of batches, both transposed",
    "sum",
    [normal(3, 5, 4), normal(3, 2, 5)],
    (a, b) => tf.matMul(a, b, true, true),
  ],
  [
    "dense layer with relu",
    "sum",
    [normal(6, 50), normal(50, 20), normal(20)],
    (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: "relu" }),
  ],
  [
    "dense layer, linear",
    "sum",
    [normal(6, 50), normal(50, 20), normal(20)],
    (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: "linear" }),
  ],
  [
    "dense layer, a bias for each row",
    "sum",
    [normal(6, 5), normal(5, 6), normal(6, 1)],
    (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: "relu" }),
  ],
]);
