// Every shader of ours compiles: on Dawn's null backend, which has each feature, needs no driver and computes nothing.
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type BackendOptions, TrainingBackend } from "../src/backend.js";
import { dawn } from "../src/device/dawn.js";
import { openDevice } from "../src/device/open-device.js";
import { registerKernels } from "../src/register.js";
import { fits, tiles, unitTiles } from "../src/wgsl/tile.js";

let device: GPUDevice;
/** A backend that takes the place of the last one. */
let start: (options?: BackendOptions) => Promise<TrainingBackend>;
beforeAll(async () => {
  const gpu = await dawn(["backend=null", "enable-dawn-features=allow_unsafe_apis"]);
  const opened = await openDevice(gpu, "");
  device = opened.device;
  registerKernels();
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  start = async (options) => {
    if (tf.findBackendFactory("webgpu")) tf.removeBackend("webgpu");
    tf.registerBackend("webgpu", () => new TrainingBackend(device, opened.adapter.info, options));
    await tf.setBackend("webgpu");
    return tf.backend() as TrainingBackend;
  };
  await start();
});
beforeEach(() => device.pushErrorScope("validation"));
afterEach(async () => {
  (tf.backend() as TrainingBackend).send();
  expect((await device.popErrorScope())?.message).toBeUndefined();
});

const run = (kernel: string, inputs: tf.NamedTensorMap, attributes: object) =>
  tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap);

const image = (channels: number) => tf.ones<tf.Rank.R4>([2, 9, 8, channels]);
const filter = (side: number, channels: number, filters: number) =>
  tf.ones<tf.Rank.R4>([side, side, channels, filters]);

const convolve = (side: number, channels: number, filters: number, stride: number) => {
  tf.grads((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, "same"))([
    image(channels),
    filter(side, channels, filters),
  ]);
  for (const activation of ["linear", "relu"]) {
    const attributes = { strides: [stride, stride], pad: "same", activation };
    const x = image(channels);
    const weights = filter(side, channels, filters);
    const y = run(
      "ConvBiasRelu",
      { x, filter: weights, bias: tf.ones([filters]) },
      attributes,
    ) as tf.Tensor4D;
    const inputShape = x.shape;
    run("ConvBiasReluGradInput", { dy: y, y, filter: weights }, { ...attributes, inputShape });
    run("ConvBiasReluGradFilter", { x, dy: y, y }, { ...attributes, filterShape: weights.shape });
  }
};

test.each([
  ["a 1x1 convolution", 1, 40, 70, 1],
  ["few filters", 3, 5, 10, 1],
  ["a stride", 5, 3, 20, 2],
])("the shaders of %s and its gradients compile", (_, side, channels, filters, stride) => {
  convolve(side, channels, filters, stride);
});

test.each([1, 3, 8, 300])("the shaders of batch normalisation of %d channels compile", (channels) => {
  const x = image(channels);
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map(() => tf.ones<tf.Rank.R1>([channels]));
  const parameters = { scale: scale!, offset: offset! };
  const statistics = { mean: mean!, variance: variance! };
  for (const activation of ["linear", "relu"]) {
    for (const residual of [false, true]) {
      const attributes = { epsilon: 1e-5, activation, residual };
      const inputs = { x, ...parameters, ...(residual && { add: x }) };
      run("BatchNorm", inputs, attributes);
      run("BatchNormInference", { ...inputs, ...statistics }, attributes);
      run("BatchNormGrad", { x, dy: x, y: x, ...parameters, ...statistics }, attributes);
    }
  }
});

test.each(["full", "mixed"] as const)(
  "the shaders of each tile compile in %s precision",
  async (precision) => {
    const backend = await start({ precision });
    for (const tile of tiles.filter((tile) => fits(tile, device.limits))) {
      vi.spyOn(backend.tiles, "programOf").mockImplementation(({ program }) => program(tile));
      convolve(3, 4, 5, 1);
      convolve(3, 3, 8, 1);
    }
  },
);

test.each([8, 16])("the shaders of each tile compile for a matrix unit of side %d", async (side) => {
  const unit = { rows: side, columns: side, depth: side, threads: 32 };
  const backend = await start({ precision: "mixed", unit });
  for (const tile of unitTiles.filter((tile) => fits(tile, device.limits, unit))) {
    vi.spyOn(backend.tiles, "programOf").mockImplementation(({ program }) => program(tile));
    convolve(3, 4, 5, 1);
    convolve(3, 3, 8, 1);
  }
});

test("the shaders of a sum that is split along k compile", () => {
  tf.grads((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "valid"))([
    tf.ones([4, 40, 40, 8]),
    filter(1, 8, 8),
  ]);
});

test("the shaders of max pooling's gradient and of casts compile", () => {
  tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 3, 2, "same"))(image(3));
  tf.cast(tf.tensor1d([1, 2, 3], "int32"), "float32");
});

test("the shaders of the loss, dropout and both optimizer steps compile", () => {
  const labels = tf.tensor1d([0, 1, 2, 3], "int32");
  run("SoftmaxCrossEntropy", { logits: tf.ones([4, 10]), labels }, {});
  run("Dropout", { x: tf.ones([7]) }, { rate: 0.5, key: [1, 2], block: 3, offset: 0 });
  const [weights, gradient, velocity, square] = [1, 2, 3, 4].map((value) => tf.fill([300], value)) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const sgd = { learningRate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0 };
  run("SgdStep", { weights, gradient }, sgd);
  run("SgdStep", { weights, gradient, velocity }, sgd);
  run("SgdStep", { weights, gradient, velocity }, { ...sgd, nesterov: true });
  const adam = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, step: 1 };
  run("AdamStep", { weights, gradient, mean: velocity, square }, adam);
});

test("resizing bytes uploads a quarter of the memory of int32 values and leaks none", () => {
  const backend = tf.backend() as TrainingBackend;
  const held = () => backend.memory().numBytesInGPU;
  const levels = tf.ones([2, 28, 28, 3], "int32");
  const before = held();
  const pixels = run("ResizeLevels", { levels }, { size: [28, 28] }) as tf.Tensor;
  const tables = 2 * 28 * 2;
  expect(held() - before).toBe(pixels.size * 4 + levels.size + tables * 4);
  tf.dispose(pixels);
  backend.send();
  expect(held()).toBe(before);
  backend.uploadToGPU(levels.dataId);
  for (const size of [
    [96, 41],
    [7, 9],
  ])
    tf.dispose(run("ResizeLevels", { levels }, { size }));
  tf.dispose(levels);
  backend.send();
  expect(held()).toBe(before);
});
