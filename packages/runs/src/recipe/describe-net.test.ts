// A model with branches as a report draws it: each layer says what it reads where that is not the one before it.
import { conv2d, dense, globalAvgPool, maxPool, parallel, residual, sequential } from "@mlpconv/layers";
import { useEngine } from "@mlpconv/tensor";
import { expect, test } from "vitest";
import { describeNet } from "./describe-net.js";

await useEngine("cpu");

test("branches are told by what layers read, and zeros around an image are the next layer's padding", () => {
  const model = sequential({ inputShape: [8, 8, 1] }, [
    residual(conv2d(1, { kernel: 3, padding: 1 })),
    parallel([conv2d(2, { kernel: 3, stride: 2, padding: 1 }), maxPool(3, { stride: 2, padding: 1 })]),
    globalAvgPool(),
    dense(3),
  ]);
  const { layers, inputShape } = describeNet("branched", model);
  expect(inputShape).toEqual([8, 8, 1]);
  expect(layers.map(({ name, kind, inputs, padding }) => [name, kind, inputs, padding])).toEqual([
    ["0.body", "Conv2D", undefined, 1],
    ["0.add", "Add", ["0.body", ""], undefined],
    ["0.relu", "Activation", undefined, undefined],
    ["1.branches.0", "Conv2D", undefined, 1],
    ["1.branches.1", "MaxPooling2D", ["0.relu"], 1],
    ["1.cat", "Concatenate", ["1.branches.0", "1.branches.1"], undefined],
    ["2", "GlobalAveragePooling2D", undefined, undefined],
    ["4", "Dense", undefined, undefined],
  ]);
});
