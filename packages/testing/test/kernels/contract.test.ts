// The fused kernels against the stock ops they stand for, on the cpu backend: convolution, bias, activation and their gradients.
import { tf } from "@mlpconv/tensor";
import { describe, expect, it } from "vitest";
import { eachEngine } from "../../src/index.js";
import { expectAsOnCpu, OWN_ENGINES, tensor } from "./as-on-cpu.js";

type Shape = [number, number, number, number];
type Explicit = [[number, number], [number, number], [number, number], [number, number]];
type Pad = "valid" | "same" | number | Explicit;
type Case = [x: Shape, filter: Shape, strides: [number, number], pad: Pad];

const cases: Case[] = [
  [[2, 6, 7, 5], [1, 1, 5, 4], [1, 1], 0],
  [[2, 6, 7, 5], [1, 1, 5, 4], [2, 1], "valid"],
  [[3, 9, 8, 3], [3, 3, 3, 6], [1, 1], 1],
  [[3, 9, 8, 3], [5, 5, 3, 6], [1, 1], "same"],
  [[2, 23, 23, 1], [11, 11, 1, 8], [4, 4], 0],
  [[2, 9, 8, 3], [3, 2, 3, 4], [1, 2], 1], // tfjs's own ops get a number with unlike sides wrong
  [
    [2, 7, 7, 3],
    [3, 3, 3, 4],
    [2, 2],
    [
      [0, 0],
      [1, 0],
      [0, 2],
      [0, 0],
    ],
  ],
  [[1, 3, 3, 2], [3, 3, 2, 3], [1, 1], "valid"],
];

const run = (kernel: string, inputs: tf.NamedTensorMap, attributes: object) =>
  tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap);

/** The same by stock ops, with a number of padding said side by side. */
const stock = (
  x: tf.Tensor,
  filter: tf.Tensor,
  bias: tf.Tensor,
  strides: [number, number],
  pad: Pad,
  relu: boolean,
) => {
  const sides: Exclude<Pad, number> =
    typeof pad === "number"
      ? [
          [0, 0],
          [pad, pad],
          [pad, pad],
          [0, 0],
        ]
      : pad;
  const z = tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, sides), bias);
  return relu ? tf.relu(z) : z;
};

await eachEngine(() => {
  describe.each(["relu", "linear"] as const)("ConvBiasRelu with %s", (activation) => {
    it.each(cases)(
      "equals the composition: %j, filter %j, strides %j, padding %j",
      async (xShape, filterShape, strides, pad) => {
        const inputs = (): [tf.Tensor, tf.Tensor, tf.Tensor] => [
          tensor(xShape, 1),
          tensor(filterShape, 2),
          tensor([filterShape[3]], 3),
        ];
        await expectAsOnCpu(() => {
          const [x, filter, bias] = inputs();
          const compose = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
            stock(a, b, c, strides, pad, activation === "relu");
          if (tf.getBackend() === "cpu") {
            const y = compose(x, filter, bias);
            const dy = tensor(y.shape, 4);
            return [y, ...tf.grads((...all) => compose(all[0]!, all[1]!, all[2]!))([x, filter, bias], dy)];
          }
          const attributes = { strides, pad, activation };
          const y = run("ConvBiasRelu", { x, filter, bias }, attributes) as tf.Tensor;
          const dy = tensor(y.shape, 4);
          const dx = run(
            "ConvBiasReluGradInput",
            { dy, y, filter },
            { ...attributes, inputShape: xShape },
          ) as tf.Tensor;
          const rest = run(
            "ConvBiasReluGradFilter",
            { x, dy, y },
            { ...attributes, filterShape },
          ) as tf.Tensor[];
          return [y, dx, ...rest];
        });
      },
    );
  });

  describe("the fused gradient kernels", () => {
    it("leave dy unchanged", async () => {
      const [x, filter, bias] = [tensor([2, 4, 4, 2], 1), tensor([1, 1, 2, 3], 2), tensor([3], 3)];
      const attributes = { strides: [1, 1], pad: 0, activation: "relu" };
      const y = run("ConvBiasRelu", { x, filter, bias }, attributes) as tf.Tensor;
      const dy = tensor(y.shape, 4);
      const before = dy.dataSync();
      run("ConvBiasReluGradInput", { dy, y, filter }, { ...attributes, inputShape: x.shape });
      run("ConvBiasReluGradFilter", { x, dy, y }, { ...attributes, filterShape: filter.shape });
      expect(dy.dataSync()).toEqual(before);
    });
  });
}, OWN_ENGINES);
