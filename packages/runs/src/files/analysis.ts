// Schema of analysis.json: what only the trained net can tell, computed by a program and drawn by `report`.

import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { count, finite, name, share, whole } from "@mlpconv/trainer/events";
import * as v from "valibot";
import { shapeSchema } from "./data.js";

const sample = {
  /** Where the image is in the test set; 0 is the first. */
  index: whole,
  /** Base64 of the image as the data set has it: `imageShape`'s number of bytes, row by row from the top. */
  pixels: v.pipe(v.string(), v.base64()),
  /** The true class, an index into `classes`. */
  label: whole,
  /** The class with the highest logit. */
  predicted: whole,
  /** Probability of the predicted class, 0 to 1. */
  probability: share,
};
const sampleSchema = v.strictObject(sample);

const classMapSchema = v.strictObject({
  ...sample,
  /** Rows, and columns, of each map. */
  side: count,
  /** Maps by class: `side * side` values row by row from the top, in float32's precision. */
  maps: v.array(v.array(finite)),
});

const layerSchema = v.strictObject({
  /** Its `state_dict` path: "0.2" is in block 0. */
  name: v.string(),
  /** tfjs's class name: Conv2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, Dense, Dropout, Flatten, ... */
  kind: v.string(),
  /** Shape without the batch: [rows, columns, channels] or [features]. */
  outputShape: v.array(count),
  /** Trainable numbers. */
  parameters: whole,
  /** Multiply-adds of one image forward; bias additions not counted. */
  multiplyAccumulates: whole,
  /** Bytes of one image in float32; 0 for what works in place. */
  activationBytes: whole,
  /** Side of a convolution's or pooling's window. */
  kernel: v.exactOptional(count),
  /** Step of a convolution or pooling. */
  stride: v.exactOptional(count),
  /** Zeros on each side, as in PyTorch. */
  padding: v.exactOptional(whole),
  /** "relu", "sigmoid"; absent when linear. */
  activation: v.exactOptional(v.string()),
  /** Share that dropout drops. */
  rate: v.exactOptional(share),
});

const netSchema = v.strictObject({
  /** "nin", "vgg11", ... */
  name,
  /** [rows, columns, channels]. */
  inputShape: v.array(count),
  /** Layers in order; an activation is part of the layer before it, a ZeroPadding2D of the convolution after it. */
  layers: v.array(layerSchema),
});

/** A step of the path in an error. */
const pathItem = (input: object, key: string | number): v.UnknownPathItem => ({
  type: "unknown",
  origin: "value",
  input,
  key,
  value: (input as Record<string | number, unknown>)[key],
});

export const analysisSchema = v.pipe(
  v.strictObject({
    /** The names of the classes, in the order of their labels. */
    classes: v.array(v.string()),
    /** Shape of the samples' images: [height, width, channels]. Files of earlier versions have none, and images of Fashion-MNIST's shape. */
    imageShape: v.optional(shapeSchema, () => [...fashionMnistInfo.shape]),
    /** Drawn as a diagram and as a table of layers. */
    net: v.exactOptional(netSchema),
    /** Test images that the net gets wrong, the most confident first. */
    mistakes: v.exactOptional(v.array(sampleSchema)),
    /** Samples of nets that end in global average pooling. */
    classMaps: v.exactOptional(v.array(classMapSchema)),
    /** Share of images whose true class has the map with the highest mean, where there are maps. */
    highestMapIsTrue: v.exactOptional(share),
  }),
  v.rawCheck(({ dataset: { typed, value }, addIssue }) => {
    if (!typed) return;
    const bytes = value.imageShape.reduce((product, side) => product * side, 1);
    for (const list of ["mistakes", "classMaps"] as const)
      for (const [i, one] of (value[list] ?? []).entries())
        if (atob(one.pixels).length !== bytes)
          addIssue({
            message: `expected base64 of ${bytes} bytes (${value.imageShape.join("x")})`,
            path: [pathItem(value, list), pathItem(value[list]!, i), pathItem(one, "pixels")],
          });
  }),
  v.check(
    ({ classes, mistakes = [], classMaps = [] }) =>
      [...mistakes, ...classMaps].every((one) => Math.max(one.label, one.predicted) < classes.length),
    "expected labels and predictions to be indices into classes",
  ),
  v.check(
    ({ classes, classMaps = [] }) =>
      classMaps.every(
        ({ maps, side }) => maps.length === classes.length && maps.every((map) => map.length === side * side),
      ),
    "expected a map of side * side values for each class",
  ),
);

type SampleFields = v.InferOutput<typeof sampleSchema>;
type ClassMapFields = v.InferOutput<typeof classMapSchema>;
type LayerFields = v.InferOutput<typeof layerSchema>;
type NetFields = v.InferOutput<typeof netSchema>;
type AnalysisFields = v.InferOutput<typeof analysisSchema>;
/** A test image and what the net makes of it. */
export interface Sample extends SampleFields {}
/** The feature maps before global average pooling, one a class: the mean of each is that class's logit. */
export interface ClassMapSample extends ClassMapFields {}
/** One layer of a net: its window, its output and what it costs. */
export interface Layer extends LayerFields {}
/** A net as a list of layers: plain JSON, no tensors. */
export interface NetDescription extends NetFields {}
/** analysis.json. A part that the net does not have is absent. */
export interface Analysis extends AnalysisFields {}
