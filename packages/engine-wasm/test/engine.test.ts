// What a program sees of the engine: an ordinary tfjs backend that says what it runs on.

import * as tf from "@tensorflow/tfjs";
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
});
