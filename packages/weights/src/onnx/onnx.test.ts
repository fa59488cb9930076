// ONNX files in a real runtime: the same logits for every net and any batch; and every layer and setting of the chain, one case each.
import { avgPool, conv2d, dense, flatten, globalAvgPool, maxPool, sequential } from "@mlpconv/layers";
import { tf, useEngine } from "@mlpconv/tensor";
import "@mlpconv/testing";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { buildNet, equal, imagesFor, logitsOf, names, sizes } from "../../test/nets.js";
import { exportOnnx, OnnxError, pretrainedConfig, rawPixels } from "../index.js";

beforeAll(async () => void (await useEngine("wasm")));

/** The runtime's logits for images [batch, h, w, c]. */
const runtimeLogits = async (file: Uint8Array, images: tf.Tensor4D) => {
  const session = await InferenceSession.create(file);
  const channelsFirst = tf.transpose(images, [0, 3, 1, 2]);
  const input = new Tensor("float32", (await channelsFirst.data()) as Float32Array, channelsFirst.shape);
  channelsFirst.dispose();
  const { logits } = await session.run({ input });
  const { inputMetadata, outputMetadata } = session;
  await session.release();
  return { logits: logits!, inputMetadata, outputMetadata };
};

describe("onnxruntime", () => {
  test.each(names)("gives %s's logits, for any batch", async (name) => {
    const [model, images] = [buildNet(name), imagesFor(name)];
    const { side, channels, classes } = sizes[name];
    const file = await exportOnnx(model);
    const ours = await logitsOf(model, images);
    expect(Math.max(...ours) - Math.min(...ours)).toBeGreaterThan(1e-3);

    const three = await runtimeLogits(file, images);
    expect(three.logits.data).toBeAllclose(ours, equal);
    expect(three.logits.dims).toEqual([3, classes]);
    expect(three.inputMetadata).toEqual([
      { name: "input", isTensor: true, type: "float32", shape: ["batch", channels, side, side] },
    ]);
    expect(three.outputMetadata).toEqual([
      { name: "logits", isTensor: true, type: "float32", shape: ["batch", classes] },
    ]);

    const first = tf.slice(images, [0, 0, 0, 0], [1, -1, -1, -1]) as tf.Tensor4D;
    const one = await runtimeLogits(file, first);
    expect(one.logits.data).toBeAllclose(ours.slice(0, classes), equal);
    tf.dispose([first, images]);
    model.dispose();
  });

  // Convolutions of VGG have biases as well.
  test.each(["ninBn", "resnet18", "vgg11"] as const)(
    "gives %s's logits with batch norm folded",
    async (name) => {
      const [model, images] = [buildNet(name, { batchNorm: true }), imagesFor(name)];
      const file = await exportOnnx(model, { foldBatchNorm: true });
      expect(Buffer.from(file).toString("latin1")).not.toContain("BatchNormalization");
      expect(Buffer.from(await exportOnnx(model)).toString("latin1")).toContain("BatchNormalization");
      const ours = await logitsOf(model, images);
      expect((await runtimeLogits(file, images)).logits.data).toBeAllclose(ours, { rtol: 1e-4, atol: 1e-4 });
      images.dispose();
      model.dispose();
    },
  );

  test.each(["lenet", "ninCifar"] as const)(
    "takes raw pixels for %s where a config says so",
    async (name) => {
      const model = buildNet(name);
      const { side, channels, classes } = sizes[name];
      const [mean, std] = [
        [0.49, 0.48, 0.45],
        [0.25, 0.24, 0.26],
      ].map((each) => each.slice(0, channels)) as [number[], number[]];
      const labels = Array.from({ length: classes }, (_, i) => `class ${i}`);
      const config = pretrainedConfig(model, { classes: labels, mean, std, background: "dark" });
      const file = await exportOnnx(model, { config });
      const pixels = tf.randomUniform<tf.Rank.R4>([3, side, side, channels], 0, 255, "float32", 5);
      const normalised = tf.div(tf.sub(tf.div(pixels, 255), mean), std) as tf.Tensor4D;
      const { logits, inputMetadata } = await runtimeLogits(file, pixels);
      expect(logits.data).toBeAllclose(await logitsOf(model, normalised), equal);
      expect(inputMetadata).toHaveLength(1);
      // The runtime for Node does not show a file's notes; their bytes are there as they are.
      expect(Buffer.from(file).toString("utf8")).toContain(JSON.stringify(rawPixels(config)));
      tf.dispose([pixels, normalised]);
      model.dispose();
    },
  );

  const init = { weights: "he", biases: "pytorch" } as const;
  const chain = (inputShape: number[], layers: tf.layers.Layer[][]) =>
    sequential({ inputShape, init }, layers);
  test.each<[string, () => tf.LayersModel]>([
    ["zero padding", () => chain([9, 8, 2], [conv2d(3, { kernel: 4, stride: 3, padding: 2 }), flatten()])],
    [
      "same padding with strides",
      () => chain([9, 8, 2], [conv2d(3, { kernel: 3, stride: 2, padding: "same" }), globalAvgPool()]),
    ],
    [
      "an even window with same padding",
      () => chain([5, 6, 1], [conv2d(2, { kernel: 4, padding: "same" }), flatten()]),
    ],
    [
      "sigmoid",
      () => chain([5, 6, 1], [conv2d(2, { kernel: 3, activation: "sigmoid" }), flatten(), dense(3)]),
    ],
    [
      "ceil-mode pooling of even sides",
      () => chain([8, 6, 2], [maxPool(3, { stride: 2, ceil: true }), flatten()]),
    ],
    [
      "ceil-mode pooling of mixed sides",
      () => chain([8, 7, 2], [maxPool(3, { stride: 2, ceil: true }), flatten()]),
    ],
    ["average pooling", () => chain([7, 6, 2], [avgPool(3, { stride: 2 }), flatten(), dense(2)])],
    [
      "average pooling with same padding, which counts no zeros",
      () =>
        chain(
          [7, 6, 2],
          [[tf.layers.averagePooling2d({ poolSize: 3, strides: 2, padding: "same" })], flatten()],
        ),
    ],
    [
      "pooling of negative values over the edge",
      () =>
        chain(
          [6, 6, 1],
          [
            conv2d(2, { kernel: 1, activation: "linear" }),
            [tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" })],
            flatten(),
          ],
        ),
    ],
    [
      "branches that are added",
      () => {
        const input = tf.input({ shape: [6, 5, 2] });
        const [left, right] = [1, 2].map((i) =>
          tf.layers.conv2d({ filters: 3, kernelSize: i, padding: "same", name: `${i}` }).apply(input),
        );
        const sum = tf.layers.add({ name: "sum" }).apply([left, right] as tf.SymbolicTensor[]);
        const flat = tf.layers.flatten().apply(sum) as tf.SymbolicTensor;
        return tf.model({ inputs: input, outputs: flat });
      },
    ],
    [
      "layers without bias, and activations that stand alone",
      () =>
        chain(
          [6, 5, 2],
          [
            [tf.layers.conv2d({ filters: 3, kernelSize: [3, 2], strides: [2, 1], useBias: false })],
            [tf.layers.activation({ activation: "tanh" })],
            flatten(),
            [tf.layers.dense({ units: 4, useBias: false })],
            [tf.layers.activation({ activation: "relu" })],
          ],
        ),
    ],
  ])("knows %s", async (_, build) => {
    const model = build();
    const [, ...shape] = model.inputs[0]!.shape as [null, number, number, number];
    const images = tf.randomNormal<tf.Rank.R4>([2, ...shape], 0, 1, "float32", 7);
    const { logits } = await runtimeLogits(await exportOnnx(model), images);
    expect(logits.data).toBeAllclose(await logitsOf(model, images), equal);
  });
});

describe("a model that ONNX export does not know", () => {
  const plain = (...layers: tf.layers.Layer[]) => tf.sequential({ layers });
  const inputShape = [6, 6, 2];
  test.each<[string, () => tf.LayersModel, string]>([
    [
      "layer",
      () => plain(tf.layers.upSampling2d({ inputShape, name: "up" })),
      'got UpSampling2D "up" with no counterpart',
    ],
    [
      "activation",
      () => plain(tf.layers.dense({ inputShape: [4], units: 2, activation: "selu", name: "d" })),
      'got Dense "d" with activation selu',
    ],
    [
      "dilation",
      () => plain(tf.layers.conv2d({ inputShape, filters: 1, kernelSize: 3, dilationRate: 2, name: "c" })),
      'got Conv2D "c" with dilation 2,2',
    ],
    [
      "padding before a pooling",
      () =>
        plain(tf.layers.zeroPadding2d({ inputShape }), tf.layers.maxPooling2d({ poolSize: 2, name: "p" })),
      'expected a Conv2D after ZeroPadding2D, or max pooling of values behind a ReLU, got MaxPooling2D "p"',
    ],
    [
      "image size",
      () => plain(tf.layers.conv2d({ batchInputShape: [null, null, null, 1], filters: 1, kernelSize: 3 })),
      "known image size",
    ],
  ])("is an error that names the %s", async (_, build, message) => {
    await expect(exportOnnx(build())).rejects.toThrow(OnnxError);
    await expect(exportOnnx(build())).rejects.toThrow(message);
  });
});
