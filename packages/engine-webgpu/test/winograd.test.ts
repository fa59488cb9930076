// Runs on a real device: Winograd's convolutions and gradients are those of the direct sum. `pnpm test:webgpu` runs this.
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { nightly } from "../../../test/nightly.js";
import { TrainingBackend } from "../src/backend.js";
import { type ConvAttributes, convInfo } from "../src/conv-info.js";
import { convolved, filterGradient, inputGradient } from "../src/convolve.js";
import { dawn } from "../src/device/dawn.js";
import { openDevice } from "../src/device/open-device.js";
import { registerKernels } from "../src/register.js";
import {
  usesWinograd,
  winogradConvolved,
  winogradFilterGradient,
  winogradInputGradient,
} from "../src/winograd.js";

const wanted = process.env.MLPCONV_WEBGPU;

describe.skipIf(wanted === undefined)("on the adapter that MLPCONV_WEBGPU names", () => {
  let backend: TrainingBackend;
  beforeAll(async () => {
    const { device, adapter } = await openDevice(await dawn(), wanted);
    registerKernels();
    tf.env().set("WEBGPU_CPU_FORWARD", false);
    if (tf.findBackendFactory("webgpu")) tf.removeBackend("webgpu");
    tf.registerBackend(
      "webgpu",
      () => new TrainingBackend(device, adapter.info, { software: true, winograd: false }),
    );
    await tf.setBackend("webgpu");
    backend = tf.backend() as TrainingBackend;
  });

  const read = async (tensor: tf.TensorInfo): Promise<Float32Array> =>
    (await backend.read(tensor.dataId)) as Float32Array;

  const expectClose = async (got: tf.TensorInfo, expected: tf.TensorInfo, tolerance: number) => {
    expect(got.shape).toEqual(expected.shape);
    const [ours, theirs] = [await read(got), await read(expected)];
    const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i]!)), 0);
    expect(worst / largest).toBeLessThan(tolerance);
  };

  type Case = [taps: number, shape: [number, number, number], padding: ConvAttributes["pad"], relu: boolean];
  // Both sides, with and without a ReLU, with zeros around the images or not.
  const byNight: Case[] = [
    [5, [2, 7, 10], "same", true],
    [3, [1, 8, 5], "valid", false],
  ];
  test.each<Case>([
    ...(nightly ? byNight : []),
    [3, [3, 9, 6], "same", true],
    // One side has more padding than the filter reaches, the other none.
    [
      5,
      [2, 6, 9],
      [
        [0, 0],
        [5, 1],
        [0, 3],
        [0, 0],
      ],
      false,
    ],
  ])("sides of %d, images of %j, padding %j", async (taps, [batch, height, width], pad, relu) => {
    const [channels, filters] = [32, 64];
    const x = tf.randomNormal([batch, height, width, channels], 0, 1, "float32", 1);
    const filter = tf.randomNormal([taps, taps, channels, filters], 0, 1, "float32", 2);
    const bias = tf.randomNormal([filters], 0, 1, "float32", 3);
    const conv = convInfo("test", x.shape, filter.shape, { strides: 1, pad });
    const activation = relu ? "relu" : "linear";
    const tolerance = taps === 3 ? 1e-5 : 4e-5;

    const y = winogradConvolved(backend, conv, { x, filter, bias }, activation);
    await expectClose(y, convolved(backend, conv, { x, filter, bias }, activation), tolerance);
    const dy = tf.randomNormal(conv.outShape, 0, 1, "float32", 4);
    const out = relu ? { dy, y } : { dy };
    const dx = winogradInputGradient(backend, conv, out, filter);
    await expectClose(dx, inputGradient(backend, conv, out, filter), tolerance);
    const gradients = winogradFilterGradient(backend, conv, x, out, { withBias: true });
    const expected = filterGradient(backend, conv, x, out, { withBias: true });
    await expectClose(gradients[0]!, expected[0]!, tolerance);
    await expectClose(gradients[1]!, expected[1]!, 1e-5);
  });

  test("convolutions with results of one size and different channels do not share shaders", async () => {
    for (const [width, filters] of [
      [8, 64],
      [16, 32],
    ] as const) {
      const x = tf.randomNormal([1, 8, width, 32], 0, 1, "float32", 1);
      const dy = tf.randomNormal([1, 8, width, filters], 0, 1, "float32", 2);
      const conv = convInfo("test", x.shape, [3, 3, 32, filters], { strides: 1, pad: "same" });
      const [dw, db] = winogradFilterGradient(backend, conv, x, { dy }, { withBias: true });
      const [directDw, directDb] = filterGradient(backend, conv, x, { dy }, { withBias: true });
      await expectClose(dw!, directDw!, 1e-5);
      await expectClose(db!, directDb!, 1e-5);
    }
  });

  test("is used where it saves more than it costs, and never on a CPU", () => {
    const { device, adapterInfo } = backend as unknown as { device: GPUDevice; adapterInfo: GPUAdapterInfo };
    const gpu = new TrainingBackend(device, adapterInfo);
    const uses = (
      [batch, side, channels]: [number, number, number],
      taps: number,
      filters: number,
      more: Partial<ConvAttributes> = {},
      on = gpu,
    ) => {
      const shape = [batch, side, side, channels];
      const attributes = { strides: 1, pad: "same" as const, ...more };
      return usesWinograd(on, convInfo("test", shape, [taps, taps, channels, filters], attributes));
    };
    // NiN's and VGG's layers.
    expect(uses([8, 26, 96], 5, 256)).toBe(true);
    expect(uses([8, 12, 256], 3, 384)).toBe(true);
    expect(uses([8, 56, 64], 3, 64)).toBe(true);
    expect(uses([8, 12, 256], 1, 256)).toBe(false);
    expect(uses([8, 5, 384], 3, 10)).toBe(false);
    expect(uses([8, 112, 16], 3, 32)).toBe(false);
    expect(uses([8, 26, 96], 5, 256, { strides: 2 })).toBe(false);
    expect(uses([8, 26, 96], 5, 256, { dilations: 2 })).toBe(false);
    // A tile is mostly padding.
    expect(uses([8, 1, 256], 3, 256)).toBe(false);
    expect(
      uses([8, 26, 96], 5, 256, {}, new TrainingBackend(device, adapterInfo, { precision: "mixed" })),
    ).toBe(false);
    expect(uses([8, 26, 96], 5, 256, {}, backend)).toBe(false);
  });
});
