// Convolution: odd sizes, strides 1 to 4, padding as a number, in words and side by side.
import { convBiasRelu, tf } from "@mlpconv/tensor";
import { type Case, normal } from "../case.js";

type Shape = [number, number, number, number];

/** x [batch, height, width, in], filter [height, width, in, out], stride, padding. */
export const convolutions: Case[] = (
  [
    ["3x3", [2, 7, 6, 3], [3, 3, 3, 4], 1, "valid"],
    ["3x3 same", [2, 7, 6, 3], [3, 3, 3, 4], 1, "same"],
    ["3x3 padding 1", [1, 5, 9, 2], [3, 3, 2, 5], 1, 1],
    ["3x3 padding 2", [2, 5, 4, 2], [3, 3, 2, 3], 1, 2],
    ["5x5 same", [2, 13, 11, 5], [5, 5, 5, 7], 1, "same"],
    ["5x5 padding 2", [3, 8, 8, 4], [5, 5, 4, 6], 1, 2],
    ["3x3 stride 2", [2, 9, 8, 3], [3, 3, 3, 4], 2, "valid"],
    ["3x3 stride 2 same", [2, 8, 7, 3], [3, 3, 3, 4], 2, "same"],
    ["3x3 stride 2 padding 1", [2, 9, 7, 3], [3, 3, 3, 4], 2, 1],
    ["5x4 stride 3, 2", [2, 14, 11, 3], [5, 4, 3, 2], [3, 2], "valid"],
    ["3x3 stride 3 same", [1, 10, 11, 2], [3, 3, 2, 3], 3, "same"],
    ["3x3 stride 4: pixels between windows", [2, 12, 13, 2], [3, 3, 2, 3], 4, "valid"],
    ["11x11 stride 4", [2, 33, 30, 1], [11, 11, 1, 6], 4, "valid"],
    ["11x11 stride 4 padding 1", [1, 30, 29, 3], [11, 11, 3, 4], 4, 1],
    ["1x1", [2, 5, 7, 8], [1, 1, 8, 6], 1, "valid"],
    ["1x1 stride 2", [2, 5, 6, 3], [1, 1, 3, 4], 2, "valid"],
    ["of one pixel", [1, 1, 1, 1], [1, 1, 1, 1], 1, "same"],
    ["window as large as the image", [3, 5, 4, 2], [5, 4, 2, 3], 1, "valid"],
    ["even window same: more padding after", [2, 6, 7, 2], [4, 2, 2, 3], 1, "same"],
    ["many channels", [2, 6, 6, 67], [3, 3, 67, 33], 1, "same"],
  ] satisfies [string, Shape, Shape, number | [number, number], "valid" | "same" | number][]
).map(([name, x, w, strides, pad]) => ({
  name: `conv2d ${name}`,
  kind: "sum",
  inputs: [normal(...x), normal(...w)],
  body: (image: tf.Tensor4D, filter: tf.Tensor4D) => tf.conv2d(image, filter, strides, pad),
}));

type Conv = NonNullable<Parameters<typeof convBiasRelu>[3]>;
const fused = (options: Conv) => (x: tf.Tensor4D, w: tf.Tensor4D, b: tf.Tensor1D) =>
  convBiasRelu(x, w, b, options);
/** The stock ops, one by one. */
const unfused = ({ strides = 1, pad = "valid", activation = "relu" }: Conv) => ({
  reference: (x: tf.Tensor4D, w: tf.Tensor4D, b: tf.Tensor1D) => {
    const z = tf.add(tf.conv2d(x, w, strides, pad), b);
    return activation === "relu" ? tf.relu(z) : z;
  },
});
export const convBiasRelus: Case[] = (
  [
    ["3x3", [2, 7, 6, 3], [3, 3, 3, 4], {}],
    ["3x3 same", [2, 7, 6, 3], [3, 3, 3, 4], { pad: "same" }],
    ["3x3 linear", [2, 6, 7, 3], [3, 3, 3, 4], { pad: "same", activation: "linear" }],
    ["3x3 padding 1 stride 2", [2, 9, 7, 3], [3, 3, 3, 4], { pad: 1, strides: 2 }],
    ["5x5 padding 2", [2, 9, 11, 6], [5, 5, 6, 8], { pad: 2 }],
    ["5x5 stride 3 same", [1, 13, 14, 2], [5, 5, 2, 3], { pad: "same", strides: 3 }],
    ["5x5 stride 1, 2", [2, 9, 9, 2], [5, 5, 2, 3], { strides: [1, 2] }],
    ["11x11 stride 4", [2, 31, 33, 1], [11, 11, 1, 8], { strides: 4 }],
    [
      "11x11 stride 4 padding 1 linear",
      [1, 28, 30, 3],
      [11, 11, 3, 4],
      { strides: 4, pad: 1, activation: "linear" },
    ],
    ["1x1", [3, 5, 7, 12], [1, 1, 12, 10], {}],
    ["1x1 linear", [3, 5, 7, 12], [1, 1, 12, 10], { activation: "linear" }],
    ["1x1 on one pixel", [4, 1, 1, 5], [1, 1, 5, 3], {}],
    ["one channel in, one out", [2, 8, 8, 1], [3, 3, 1, 1], { pad: "same" }],
    [
      "uneven explicit padding",
      [2, 6, 5, 2],
      [3, 3, 2, 3],
      {
        pad: [
          [0, 0],
          [1, 0],
          [0, 2],
          [0, 0],
        ],
      },
    ],
    ["many channels", [2, 7, 7, 66], [5, 5, 66, 34], { pad: "same" }],
  ] satisfies [string, Shape, Shape, Conv][]
).map(([name, x, w, options]) => ({
  name: `convBiasRelu ${name}`,
  kind: "sum",
  inputs: [normal(...x), normal(...w), normal(w[3])],
  body: fused(options),
  ...unfused(options),
}));
