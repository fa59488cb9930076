// Weights of torchvision's nets: its ResNets have our keys, its VGGs others; both give its logits. The values are PyTorch's, its weights a hash.
import { resnet, vgg } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { goldenTolerance, type TorchvisionName, torchvisionCase } from "@mlpconv/testing";
import { beforeAll, expect, test } from "vitest";
import { loadMatching, loadStateDict, type SafeTensor, stateDict } from "../src/index.js";

beforeAll(async () => void (await useEngine("wasm")));

const init = { weights: "zeros", biases: "zeros" } as const;
const nets: Record<TorchvisionName, (classes: number) => tf.LayersModel> = {
  "torchvision-resnet18-64": (classes) => resnet({ inputShape: [64, 64, 3], classes, init }),
  "torchvision-vgg11-bn-ratio16-224": (classes) =>
    vgg({ inputShape: [224, 224, 3], ratio: 16, batchNorm: true, classes, init }),
};
const names = Object.keys(nets) as TorchvisionName[];

/** torchvision's `state_dict`, or zeros of its shapes, in the order of a file of safetensors: by name. */
const stateOf = (name: TorchvisionName, filled = true): Map<string, SafeTensor> => {
  const { state, parameter } = torchvisionCase(name);
  const zeros = (shape: readonly number[]) => new Float32Array(shape.reduce((a, b) => a * b, 1));
  return new Map(
    Object.entries(state)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, shape]) => [
        key,
        key.endsWith("num_batches_tracked")
          ? { dtype: "I64", shape, data: BigInt64Array.of(7n) }
          : { dtype: "F32", shape, data: filled ? parameter(key) : zeros(shape) },
      ]),
  );
};

test.each(names)("%s gives PyTorch's logits with torchvision's state_dict", async (name) => {
  const { input, classes, logitsAfterTraining, pixels } = torchvisionCase(name);
  const model = nets[name](classes);
  loadStateDict(model, stateOf(name));
  const logits = tf.tidy(
    () => model.predict(tf.transpose(tf.tensor4d(pixels(), input), [0, 2, 3, 1])) as tf.Tensor2D,
  );
  const largest = Math.max(...logitsAfterTraining.map(Math.abs));
  expect(await logits.data()).toBeAllclose(logitsAfterTraining, {
    rtol: 0,
    atol: goldenTolerance.logits * largest,
  });
  logits.dispose();
  model.dispose();
});

test("torchvision's resnet18 takes the state_dict of ours: it has the same keys and shapes, counts of batches too", async () => {
  const { state, classes } = torchvisionCase("torchvision-resnet18-64");
  const ours = await stateDict(nets["torchvision-resnet18-64"](classes));
  expect(Object.fromEntries([...ours].map(([key, { shape }]) => [key, shape]))).toEqual(state);
});

test("a VGG for other classes and images takes the features of torchvision's", () => {
  const model = vgg({ inputShape: [64, 64, 3], ratio: 16, batchNorm: true, classes: 4, init });
  const { fresh, unused } = loadMatching(model, stateOf("torchvision-vgg11-bn-ratio16-224", false));
  expect(fresh).toEqual(["6.weight", "6.bias", "12.weight", "12.bias"]);
  expect(unused).toEqual([]);
  model.dispose();
});

test("other nets whose layers torchvision numbers are refused with the file's names", () => {
  const narrower = vgg({ inputShape: [224, 224, 3], ratio: 32, batchNorm: true, init });
  const load = () => loadStateDict(narrower, stateOf("torchvision-vgg11-bn-ratio16-224", false));
  expect(load).toThrow(/missing 0\.0\.weight \[2,3,3,3\], .*unexpected classifier\.0\.bias \[4096\], /);
});
