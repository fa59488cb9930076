// Matrix products with a bias and an activation, and batches of them that are broadcast.
import { tf } from "@mlpconv/tensor";
import { describe, expect, it } from "vitest";
import { eachEngine } from "../../src/index.js";
import { expectAsOnCpu, OWN_ENGINES, tensor } from "./as-on-cpu.js";

const activations = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"] as const;
const biases = [undefined, [1], [17], [1, 17], [9, 17]];

await eachEngine(() => {
  describe.each(activations)("products with the activation %s", (activation) => {
    it.each(biases.map((shape) => ({ shape })))("and a bias of $shape", async ({ shape }) => {
      await expectAsOnCpu(() =>
        tf.fused.matMul({
          a: tensor<tf.Rank.R2>([9, 30], 1),
          b: tensor<tf.Rank.R2>([17, 30], 2),
          transposeB: true,
          activation,
          leakyreluAlpha: 0.3,
          ...(shape && { bias: tensor(shape as [number], 3) }),
          ...(activation === "prelu" && { preluActivationWeights: tensor<tf.Rank.R1>([17], 4) }),
        }),
      );
    });
  });

  it("refuses an unknown activation of a product", () => {
    const a = tensor<tf.Rank.R2>([2, 2], 1);
    const attributes = { transposeA: false, transposeB: false, activation: "cube" };
    expect(() => tf.engine().runKernel("_FusedMatMul", { a, b: a }, attributes)).toThrow(
      '_FusedMatMul: expected an activation among linear, relu, relu6, elu, sigmoid, leakyrelu, prelu, got "cube"',
    );
  });
}, OWN_ENGINES);
