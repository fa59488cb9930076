// The bridge to PyTorch: keys, order, layouts, and the order of a flattened map.
import { tf, useEngine } from "@mlpconv/tensor";
import { type GoldenName, goldenCase } from "@mlpconv/testing";
import { describe, expect, test } from "vitest";
import { alexnet } from "./alexnet.js";
import { lenet } from "./lenet.js";
import { nin } from "./nin.js";
import { ninCifar } from "./nin-cifar.js";
import { ninMnist } from "./nin-mnist.js";
import { parameters } from "./parameters.js";
import { vgg } from "./vgg.js";

await useEngine("cpu");

/** Keys and shapes do not depend on the weights. */
const init = { weights: "zeros", biases: "zeros" } as const;

describe("parameters", () => {
  const nets: [GoldenName, () => tf.LayersModel][] = [
    ["lenet-28", lenet],
    ["alexnet-224", () => alexnet({ init })],
    ["vgg11-ratio4-224", () => vgg({ ratio: 4, init })],
    ["nin-224", nin],
    ["nin-96", () => nin({ inputShape: [96, 96, 1] })],
    ["nin-mnist-28", ninMnist],
    ["nin-cifar-32", ninCifar],
  ];
  test.each(nets)("of %s have PyTorch's keys and shapes in state_dict order", (name, build) => {
    const model = build();
    const { gradients } = goldenCase(name);
    expect(parameters(model).map(({ key, shape }) => [key, shape])).toEqual(
      Object.entries(gradients).map(([key, { shape }]) => [key, shape]),
    );
    model.dispose();
  });

  test("go to PyTorch's layout and back unchanged", async () => {
    for (const { shape, variable, toTorch, fromTorch } of parameters(lenet())) {
      const torch = toTorch(variable);
      expect(torch.shape).toEqual(shape);
      expect(await fromTorch(torch).array()).toEqual(await variable.array());
    }
  });

  test("a filter's HWIO becomes OIHW", async () => {
    const [weight] = parameters(ninCifar({ ratio: 96 })) as [ReturnType<typeof parameters>[number]];
    const hwio = (await weight.variable.array()) as number[][][][];
    const oihw = (await weight.toTorch(weight.variable).array()) as number[][][][];
    expect(weight.shape).toEqual([2, 3, 5, 5]);
    expect(oihw[1]![2]![3]![4]).toBe(hwio[3]![4]![2]![1]);
  });

  test("the first dense layer's inputs are channels first in PyTorch, the later ones' are as they were", async () => {
    const [, , , , first, , second] = parameters(lenet());
    const [channel, row, column] = [7, 3, 1];
    const here = (await first!.variable.array()) as number[][];
    const torch = (await first!.toTorch(first!.variable).array()) as number[][];
    expect(torch[11]![channel * 25 + row * 5 + column]).toBe(here[(row * 5 + column) * 16 + channel]![11]);
    const plain = (await second!.variable.array()) as number[][];
    expect(((await second!.toTorch(second!.variable).array()) as number[][])[5]![9]).toBe(plain[9]![5]);
  });

  test("a layer of another kind with weights is an error", () => {
    const model = tf.sequential({
      layers: [tf.layers.conv1d({ inputShape: [4, 2], filters: 1, kernelSize: 2, name: "line" })],
    });
    expect(() => parameters(model)).toThrow('got Conv1D "line"');
  });
});
