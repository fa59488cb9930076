// Every other op that training a classifier goes through, forward and gradient, against the cpu backend.
import { tf } from "@mlpconv/tensor";
import { describe, it } from "vitest";
import { eachEngine } from "../../src/index.js";
import { expectAsOnCpu, OWN_ENGINES, tensor } from "./as-on-cpu.js";

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;
type Case = [name: string, shapes: number[][], op: Op];

const as2D = (x: tf.Tensor) => x as tf.Tensor2D;

const cases: Case[] = [
  [
    "dense: matMul",
    [
      [5, 7],
      [7, 3],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  [
    "matMul with the left side transposed",
    [
      [7, 5],
      [7, 3],
    ],
    (a, b) => tf.matMul(a, b, true),
  ],
  [
    "matMul with the right side transposed",
    [
      [5, 7],
      [3, 7],
    ],
    (a, b) => tf.matMul(a, b, false, true),
  ],
  [
    "matMul with both sides transposed",
    [
      [7, 5],
      [3, 7],
    ],
    (a, b) => tf.matMul(a, b, true, true),
  ],
  [
    "matMul of vectors",
    [
      [1, 7],
      [7, 1],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  [
    "matMul of a batch",
    [
      [4, 5, 7],
      [4, 7, 3],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  [
    "matMul of a batch, transposed",
    [
      [4, 7, 5],
      [4, 3, 7],
    ],
    (a, b) => tf.matMul(a, b, true, true),
  ],
  ["bias over images", [[3, 4, 5, 6], [6]], (a, b) => tf.add(a, b)],
  ["bias over rows", [[37, 6], [6]], (a, b) => tf.add(a, b)],
  ["relu", [[3, 17]], (x) => tf.relu(x)],
  ["sigmoid", [[3, 17]], (x) => tf.sigmoid(x)],
  ["tanh", [[3, 17]], (x) => tf.tanh(x)],
  ["softmax", [[5, 10]], (x) => tf.softmax(x)],
  ["logSoftmax", [[5, 10]], (x) => tf.logSoftmax(x)],
  ["global average pooling", [[3, 5, 4, 6]], (x) => tf.mean(x, [1, 2])],
  ["mean", [[3, 5]], (x) => tf.mean(x)],
  ["sum over leading axes", [[5, 3, 7, 4]], (x) => tf.sum(x, [0, 1, 2])],
  ["sum over one leading axis, dimension kept", [[67, 5, 3]], (x) => tf.sum(x, 0, true)],
  ["sum over unsorted leading axes", [[33, 2, 5]], (x) => tf.sum(x, [1, 0])],
  ["sum over the last axis", [[5, 6]], (x) => tf.sum(x, -1)],
  ["sum over an inner axis", [[5, 6, 3]], (x) => tf.sum(x, 1)],
  ["max over classes", [[5, 10]], (x) => tf.max(x, 1)],
  ["flatten", [[3, 4, 5, 2]], (x) => tf.reshape(x, [3, -1])],
  ["transpose", [[3, 4, 5, 2]], (x) => tf.transpose(x, [0, 3, 1, 2])],
  [
    "pad",
    [[2, 3, 4, 2]],
    (x) =>
      tf.pad(x, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]),
  ],
  ["slice", [[4, 5, 6]], (x) => tf.slice(x, [1, 0, 2], [2, 5, 3])],
  [
    "concat",
    [
      [2, 3, 4],
      [2, 3, 5],
    ],
    (a, b) => tf.concat([a, b], 2),
  ],
  ["gather", [[6, 5]], (x) => tf.gather(x, tf.tensor1d([4, 0, 4, 5], "int32"))],
  [
    "a dropout mask",
    [
      [6, 5],
      [6, 5],
    ],
    (x, mask) => tf.mul(x, tf.step(mask)),
  ],
  ["broadcastTo", [[3, 1, 5]], (x) => tf.broadcastTo(x, [3, 4, 5])],
  ["clone", [[3, 5]], (x) => tf.mul(tf.clone(x), x)],
  [
    "softmaxCrossEntropy",
    [[5, 4]],
    (x) => tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d([0, 3, 1, 2, 2], "int32"), 4), as2D(x)),
  ],
];

await eachEngine(() => {
  describe("an op and its gradients equal the cpu backend's", () => {
    it.each(cases)("%s", async (_, shapes, op) => {
      const inputs = () => shapes.map((shape, i) => tensor(shape, i));
      await expectAsOnCpu(() => op(...inputs()));
      await expectAsOnCpu(() => tf.grads((...all) => tf.mul(op(...all), op(...all)).sum())(inputs()));
    });

    it("unsortedSegmentSum leaves out rows that belong to no segment", async () => {
      await expectAsOnCpu(() =>
        tf.unsortedSegmentSum(tensor([5, 3, 2], 1), tf.tensor1d([1, -1, 0, 1, 3], "int32"), 3),
      );
    });

    it("sum of integers stays exact", async () => {
      await expectAsOnCpu(() =>
        tf.sum(
          tf.tensor2d(
            [
              [1, 2 ** 24 + 1],
              [3, 4],
            ],
            [2, 2],
            "int32",
          ),
          0,
        ),
      );
    });

    it("matMul of a batch with one matrix, which has no gradient in tfjs", async () => {
      await expectAsOnCpu(() => tf.matMul(tensor([4, 5, 7], 1), tensor([1, 3, 7], 2), false, true));
    });

    it("resizeBilinear", async () => {
      await expectAsOnCpu(() =>
        tf.image.resizeBilinear(tensor<tf.Rank.R4>([2, 4, 5, 3], 1), [7, 8], false, true),
      );
    });

    it("matMul by a tensor and then by a reshaped one", async () => {
      await expectAsOnCpu(() => {
        const b = tensor([4, 6], 1);
        const first = tf.matMul(tensor([3, 4], 2), b as tf.Tensor2D);
        return [first, tf.matMul(tensor([3, 6], 3), tf.reshape(b, [6, 4]))];
      });
    });
  });
}, OWN_ENGINES);
