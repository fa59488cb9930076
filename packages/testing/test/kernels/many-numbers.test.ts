// Sizes that fill vectors, tiles and threads, and leave a rest: what an engine with kernels of its own divides up.
import { tf } from "@mlpconv/tensor";
import { describe, it } from "vitest";
import { eachEngine } from "../../src/index.js";
import { expectAsOnCpu, OWN_ENGINES, tensor } from "./as-on-cpu.js";

const scenarios: [name: string, body: () => tf.Tensor | tf.Tensor[]][] = [
  ...([1, 3, 5] as const).map((window): [string, () => tf.Tensor[]] => [
    `a convolution ${window}x${window} of 20 channels to 37 and its gradients`,
    () => {
      const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same");
      const [x, filter] = [tensor([3, 13, 11, 20], 1), tensor([window, window, 20, 37], 2)];
      const dy = tensor<tf.Rank.R4>([3, 13, 11, 37], 3);
      return [convolve(x, filter), ...tf.grads((...all) => convolve(all[0]!, all[1]!))([x, filter], dy)];
    },
  ]),
  [
    "a strided convolution of one channel and its gradients",
    () => {
      const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 4, "valid");
      const [x, filter] = [tensor([2, 43, 39, 1], 1), tensor([11, 11, 1, 40], 2)];
      const dy = tensor<tf.Rank.R4>([2, 9, 8, 40], 3);
      return [convolve(x, filter), ...tf.grads((...all) => convolve(all[0]!, all[1]!))([x, filter], dy)];
    },
  ],
  [
    "matrix products",
    () =>
      [false, true].flatMap((left) =>
        [false, true].map((right) =>
          tf.matMul(
            tensor(left ? [70, 45] : [45, 70], 1),
            tensor(right ? [83, 70] : [70, 83], 2),
            left,
            right,
          ),
        ),
      ),
  ],
  ...([1, 6, 100] as const).map((channels): [string, () => tf.Tensor[]] => [
    `pooling of ${channels} channels`,
    () => {
      const x = tensor<tf.Rank.R4>([3, 9, 10, channels], 1);
      return [tf.maxPool, tf.avgPool].flatMap((pool) => {
        const pooled = (input: tf.Tensor) => pool(input as tf.Tensor4D, 3, 2, "same");
        return [pooled(x), tf.grad(pooled)(x, tensor([3, 5, 5, channels], 2))];
      });
    },
  ]),
  [
    "functions of many numbers",
    () => {
      const x = tf.mul(tensor([70_001], 1), 30);
      return [
        tf.relu(x),
        tf.sigmoid(x),
        tf.step(x, 0.5),
        tf.neg(x),
        tf.square(x),
        tf.sqrt(tf.abs(x)),
        tf.exp(tf.div(x, 10)),
        tf.floor(x),
        tf.tanh(x),
      ];
    },
  ],
  [
    "operands that are broadcast",
    () => {
      const a = tensor([4, 5, 6, 7], 1);
      return [
        [7],
        [6, 7],
        [4, 1, 1, 7],
        [1, 5, 6, 1],
        [4, 5, 1, 1],
        [5, 1, 1],
        [1],
        [],
        [4, 1, 6, 1],
        [4, 5, 6, 7],
      ].flatMap((shape, i) => {
        const b = tf.add(tensor(shape, i), 3);
        return [tf.add(a, b), tf.sub(b, a), tf.mul(a, b), tf.div(a, b), tf.maximum(a, b), tf.minimum(b, a)];
      });
    },
  ],
  [
    "sums, means and maxima",
    () => {
      const x = tensor([17, 40, 6, 33], 1);
      return [[0], [0, 1, 2], [1, 2], [2, 3], [3], [0, 1, 2, 3], [0, 2]].flatMap((axes) => [
        tf.sum(x, axes),
        tf.mean(x, axes, true),
        tf.max(x, axes),
      ]);
    },
  ],
  [
    "a sum of a million numbers",
    () => [tf.sum(tensor([1000, 1003], 1)), tf.mean(tensor([100_003, 10], 1), 0)],
  ],
  [
    "moves",
    () => {
      const x = tensor([5, 40, 3, 50], 1);
      return [
        tf.transpose(x, [0, 3, 1, 2]),
        tf.transpose(x, [0, 2, 1, 3]),
        tf.transpose(x, [3, 2, 1, 0]),
        tf.transpose(tf.reshape(x, [200, 150])),
        tf.transpose(tf.reshape(x, [5, 1, 120, 50]), [1, 0, 3, 2]),
        tf.transpose(tf.reshape(x, [1, 200, 150, 1]), [3, 1, 0, 2]),
        tf.pad(
          x,
          [
            [0, 0],
            [1, 2],
            [3, 0],
            [0, 0],
          ],
          0.5,
        ),
        tf.pad(tf.reshape(x, [200, 150]), [
          [1, 0],
          [2, 3],
        ]),
        tf.slice(x, [1, 2, 0, 3], [3, 30, 2, 40]),
        tf.slice(tf.reshape(x, [200, 150]), [10, 0], [50, 150]),
      ];
    },
  ],
  ["softmax", () => tf.softmax(tf.mul(tensor([300, 11], 1), 50))],
];

await eachEngine(() => {
  describe.each(scenarios)("%s", (_, body) => {
    it("equals the cpu backend's", () => expectAsOnCpu(body));
  });
}, OWN_ENGINES);
