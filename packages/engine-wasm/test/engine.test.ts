// What a program sees of the engine: an ordinary tfjs backend that says what it runs on.

import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { describe, expect, it } from "vitest";
import { describe as device } from "../src/index.js";

describe("the wasm engine", () => {
  it("names no device before the backend has started", () => {
    expect(() => device()).toThrow(/initialized/);
  });

  it("starts as tfjs's wasm backend and describes its device", async () => {
    expect(await tf.setBackend("wasm")).toBe(true);
    expect(device()).toMatch(/^(1 thread|\d+ threads), (no )?SIMD$/);
  });

  it("has every kernel that training a convolutional classifier needs", () => {
    const names = new Set(tf.getKernelsForBackend("wasm").map((kernel) => kernel.kernelName));
    for (const name of ["Conv2DBackpropFilter", "Conv2DBackpropInput", "MaxPoolGrad", "UnsortedSegmentSum"]) {
      expect(names).toContain(name);
    }
  });

  it("clones by reference: the gradient tape costs no copy", async () => {
    const backend = tf.backend();
    const x = tf.ones([1000]);
    const copy = x.clone();
    expect(copy.dataId).toBe(x.dataId);
    x.dispose();
    expect(copy.dataSync()[999]).toBe(1);
    copy.dispose();
    expect(backend.refCount(copy.dataId)).toBe(0);
  });

  it("refuses a layout it does not know, with the fix", () => {
    const attributes = { strides: 1, pad: 0, dataFormat: "NCHW", filterShape: [1, 1, 1, 1] };
    const inputs = { x: tf.ones([1, 1, 2, 2]), dy: tf.ones([1, 1, 2, 2]) };
    expect(() => tf.engine().runKernel("Conv2DBackpropFilter", inputs, attributes)).toThrow(
      "Conv2DBackpropFilter on wasm: expected dataFormat NHWC, got NCHW; transpose the input",
    );
  });

  describe("refuses what the stock kernels would write or read outside their memory, and goes on", () => {
    const run = (kernelName: string, inputs: tf.NamedTensorMap, attributes: object) =>
      tf.engine().runKernel(kernelName, inputs, attributes as tf.NamedAttrMap);
    const x = () => tf.ones([1, 4, 4, 2]);
    const pool = { filterSize: 6, strides: 1, pad: "valid" };
    const convolution = { strides: 1, pad: "valid", dataFormat: "NHWC", dilations: 1 };

    it.each<[string, () => unknown, string]>([
      [
        "MaxPool",
        () => run("MaxPool", { x: x() }, pool),
        "MaxPool on wasm: expected a window of at most 4x4",
      ],
      [
        "AvgPool",
        () => run("AvgPool", { x: x() }, pool),
        "AvgPool on wasm: expected a window of at most 4x4",
      ],
      [
        "Conv2D",
        () => run("Conv2D", { x: x(), filter: tf.ones([5, 5, 2, 1]) }, convolution),
        "Conv2D on wasm: expected a window of at most 4x4",
      ],
      [
        "DepthwiseConv2dNative",
        () => run("DepthwiseConv2dNative", { x: x(), filter: tf.ones([5, 5, 2, 1]) }, convolution),
        "DepthwiseConv2dNative on wasm: expected a window of at most 4x4",
      ],
      [
        "Conv2DBackpropFilter with a gradient of another shape",
        () =>
          run(
            "Conv2DBackpropFilter",
            { x: x(), dy: tf.ones([1, 9, 9, 1]) },
            { ...convolution, filterShape: [3, 3, 2, 1] },
          ),
        "Conv2DBackpropFilter on wasm: expected dy [1,2,2,1], got [1,9,9,1]",
      ],
      [
        "Slice",
        () => run("Slice", { x: tf.ones([2]) }, { begin: [0], size: [9] }),
        "would overflow input.shape",
      ],
      [
        "Fill",
        () => run("Fill", {}, { shape: [-2, -3], value: 1, dtype: "float32" }),
        "wasm: expected a tensor of whole sizes from 0 up, got [-2,-3]",
      ],
      [
        "integers",
        () => run("MaxPool", { x: tf.ones([1, 4, 4, 2], "int32") }, { ...pool, filterSize: 2 }),
        "MaxPool: expected a float32 tensor, got int32 [1,4,4,2]",
      ],
    ])("%s", (_, call, message) => {
      expect(call).toThrow(message);
      expect([...tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync()]).toEqual([3, 3, 3, 3]);
    });

    it("a tensor that needs more memory than there is", () => {
      const first = tf.fill([1000], 7);
      const others: tf.Tensor[] = [];
      const fill = () => {
        // 500 MB each, whose pages are never touched.
        for (let i = 0; i < 9; i++) others.push(allocated(125_000_000));
      };
      expect(fill).toThrow(/wasm: expected memory for a tensor of 500 MB, got none/);
      expect(first.dataSync()[0]).toBe(7);
      tf.dispose([first, ...others]);
    });
  });
});

/** A tensor whose values are not written. */
const allocated = (size: number): tf.Tensor =>
  tf.engine().makeTensorFromTensorInfo((tf.backend() as BackendWasm).makeOutput([size], "float32"));
