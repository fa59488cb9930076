// Zeros in front of a layer with windows: in training that layer pads by itself, to the values and gradients of padded images.
import { tf, useEngine, zeroPad } from "@mlpconv/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import type { Layer } from "./builtin.js";
import { conv2d } from "./conv2d.js";
import { maxPool } from "./pool.js";
import { sequential } from "./sequential.js";

await useEngine("cpu");

let padded = 0;
const { runKernel } = tf.engine();
beforeEach(() => {
  padded = 0;
  tf.engine().runKernel = function (...call) {
    if (call[0] === "ZeroPad") padded++;
    return runKernel.apply(this, call) as never;
  };
});

/** A layer's values and the gradient of the sum of their squares with respect to the images. */
const valueAndGradient = (layer: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor) => {
  let y: tf.Tensor | undefined;
  const gradient = tf.grad((images) => {
    y = tf.keep(layer(images));
    return tf.sum(tf.square(y));
  })(x);
  return [y!, gradient] as const;
};

const images = (height: number, width: number) =>
  tf.relu(tf.randomNormal([2, height, width, 3], 0.3, 1, "float32", height * 10 + width));

describe.each<[string, () => Layer[]]>([
  ["conv2d 3/2 padding 1", () => conv2d(4, { kernel: 3, stride: 2, padding: 1 })],
  ["conv2d 7/2 padding 3", () => conv2d(4, { kernel: 7, stride: 2, padding: 3 })],
  ["conv2d 2/3 padding 2", () => conv2d(4, { kernel: 2, stride: 3, padding: 2, activation: "linear" })],
  ["conv2d 1/1 padding 1", () => conv2d(4, { kernel: 1, padding: 1, bias: false })],
  ["maxPool 3/2 padding 1", () => maxPool(3, { stride: 2, padding: 1 })],
  ["maxPool 2/2 padding 1", () => maxPool(2, { stride: 2, padding: 1 })],
  ["maxPool 4/1 padding 2", () => maxPool(4, { stride: 1, padding: 2 })],
])("%s", (_, layers) => {
  test.each([
    [7, 6],
    [6, 9],
    [3, 3],
    [1, 1],
  ])("of %i x %i pixels has the values and gradients of padded images", async (height, width) => {
    const [padding, layer] = layers() as [Layer, Layer];
    const { padding: frame } = padding.getConfig() as { padding: [[number, number], [number, number]] };
    const model = sequential({ inputShape: [height, width, 3], seed: 1 }, [[padding, layer]]);
    const x = images(height, width);
    const kernel = (image: tf.Tensor) => layer.apply(zeroPad(image as tf.Tensor4D, frame)) as tf.Tensor;
    const train = (image: tf.Tensor) => model.apply(image, { training: true, model }) as tf.Tensor;
    const [y, gradient] = valueAndGradient(train, x);
    expect(padded).toBe(0);
    const [expected, expectedGradient] = valueAndGradient(kernel, x);
    expect(padded).toBe(1);
    expect(await y.array()).toEqual(await expected.array());
    // A zero of the image takes the gradient that a zero of the padding would: a ReLU in front of the layer has none there.
    const mask = tf.step(x);
    expect(await gradient.mul(mask).array()).toEqual(await expectedGradient.mul(mask).array());
  });
});

describe("images come padded", () => {
  const [x, shape] = [images(6, 6), [2, 8, 8, 3]];

  test("after training", () => {
    const model = sequential({ inputShape: [6, 6, 3] }, [conv2d(4, { kernel: 3, stride: 2, padding: 1 })]);
    model.predict(x);
    expect(padded).toBe(1);
  });

  test("where another layer reads them too, or the layer reads others", () => {
    const [padding, pooling] = maxPool(3, { stride: 2, padding: 1 }) as [Layer, Layer];
    const input = tf.input({ shape: [6, 6, 3] });
    const frame = padding.apply(input) as tf.SymbolicTensor;
    const pooled = pooling.apply(frame) as tf.SymbolicTensor;
    const other = tf.layers.averagePooling2d({ poolSize: 3, strides: 2 }).apply(frame) as tf.SymbolicTensor;
    const model = tf.model({
      inputs: input,
      outputs: tf.layers.add().apply([pooled, other]) as tf.SymbolicTensor,
    });
    expect((model.apply(x, { training: true, model }) as tf.Tensor).shape).toEqual([2, 3, 3, 3]);
    expect(padded).toBe(1);
  });

  test("where the padded images are an output themselves, or no model is named", () => {
    const net = sequential({ inputShape: [6, 6, 3] }, [maxPool(3, { stride: 2, padding: 1 })]);
    const [frame] = net.layers.filter((layer) => layer.getClassName() === "ZeroPadding2D") as [Layer];
    const both = tf.model({
      inputs: net.inputs,
      outputs: [frame.output as tf.SymbolicTensor, ...net.outputs],
    });
    const alone = tf.model({ inputs: net.inputs, outputs: frame.output as tf.SymbolicTensor });
    const shapes = (model: tf.LayersModel, applied: tf.LayersModel | undefined = model) =>
      [model.apply(x, { training: true, ...(applied && { model: applied }) })]
        .flat()
        .map((output) => (output as tf.Tensor).shape);
    expect(shapes(both)).toEqual([shape, [2, 3, 3, 3]]);
    expect(shapes(alone)).toEqual([shape]);
    expect((net.apply(x, { training: true }) as tf.Tensor).shape).toEqual([2, 3, 3, 3]);
    expect(padded).toBe(3);
    expect(shapes(net)).toEqual([[2, 3, 3, 3]]);
    expect(padded).toBe(3);
  });

  test("within a nested model, and once where padding and pooling are used twice", () => {
    const net = sequential({ inputShape: [6, 6, 3] }, [maxPool(3, { stride: 2, padding: 1 })]);
    const nested = tf.sequential({ layers: [net] });
    expect((nested.apply(x, { training: true, model: nested }) as tf.Tensor).shape).toEqual([2, 3, 3, 3]);
    expect(padded).toBe(1);
    const [padding, pooling] = maxPool(3, { stride: 2, padding: 1 }) as [Layer, Layer];
    const inputs = [tf.input({ shape: [6, 6, 3] }), tf.input({ shape: [6, 6, 3] })];
    const twice = tf.model({
      inputs,
      outputs: inputs.map((input) => pooling.apply(padding.apply(input)) as tf.SymbolicTensor),
    });
    const outputs = twice.apply([x, x], { training: true, model: twice }) as tf.Tensor[];
    expect(outputs.map((output) => output.shape)).toEqual([
      [2, 3, 3, 3],
      [2, 3, 3, 3],
    ]);
    expect(padded).toBe(1);
  });

  test("where the layer is called by itself", () => {
    const [padding] = maxPool(3, { stride: 2, padding: 1 }) as [Layer, Layer];
    expect((padding.apply(x, { training: true }) as tf.Tensor).shape).toEqual(shape);
  });
});
