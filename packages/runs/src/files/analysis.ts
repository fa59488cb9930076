// Schema of analysis.json: results that need the trained model, computed by a program and drawn by `report`.

import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { count, finite, name, share, whole } from "@mlpconv/trainer/events";
import * as v from "valibot";
import { shapeSchema } from "./data.js";

const sample = {
  /** Index of the image in the test set, from 0. */
  index: whole,
  /** Base64 of the image's pixels as in the data set: as many bytes as `imageShape` says, row by row from the top. */
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
  /** Height and width of each map. */
  side: count,
  /** Maps by class: `side * side` float32 values, row by row from the top. */
  maps: v.array(v.array(finite)),
  /** The classes of the maps, indices into `classes`, where not every class has one; absent: all classes in their order. */
  mapClasses: v.exactOptional(v.array(whole)),
});

const layerSchema = v.strictObject({
  /** Its `state_dict` path: "0.2" is a layer of block 0. */
  name: v.string(),
  /** tfjs's class name: Conv2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, Dense, Dropout, Flatten, ... */
  kind: v.string(),
  /** Shape without the batch: [rows, columns, channels] or [features]. */
  outputShape: v.array(count),
  /** Number of trainable values. */
  parameters: whole,
  /** Multiply-adds of one image's forward pass, without adding biases. */
  multiplyAccumulates: whole,
  /** Bytes of activations for one image in float32; 0 for layers that work in place. */
  activationBytes: whole,
  /** Side of the window of a convolution or pooling. */
  kernel: v.exactOptional(count),
  /** Stride of a convolution or pooling. */
  stride: v.exactOptional(count),
  /** Zeros on each side, as in PyTorch. */
  padding: v.exactOptional(whole),
  /** Activation, such as "relu" or "sigmoid"; absent if linear. */
  activation: v.exactOptional(v.string()),
  /** Rate of a dropout layer. */
  rate: v.exactOptional(share),
  /** The layers whose outputs it reads, "" for the image; absent: the one before it in the list. */
  inputs: v.exactOptional(v.array(v.string())),
});

const netSchema = v.strictObject({
  /** The model's name: "nin", "vgg11", ... */
  name,
  /** [rows, columns, channels]. */
  inputShape: v.array(count),
  /** Layers in order, each behind those that it reads. An activation is part of the layer before it, a ZeroPadding2D part of the convolution after it. */
  layers: v.array(layerSchema),
});

/** One item of an error's path. */
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
    /** Shape of the samples' images: [height, width, channels]. Files of earlier versions lack it; their images have Fashion-MNIST's shape. */
    imageShape: v.optional(shapeSchema, () => [...fashionMnistInfo.shape]),
    /** The layers of the model, for a diagram and a table. */
    net: v.exactOptional(netSchema),
    /** Misclassified test images, the most confident first. */
    mistakes: v.exactOptional(v.array(sampleSchema)),
    /** Feature maps of some test images, for models that end in global average pooling. */
    classMaps: v.exactOptional(v.array(classMapSchema)),
    /** Share of images for which the map of the true class has the highest mean, for models with such maps. */
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
        ({ maps, side, mapClasses = [...classes.keys()] }) =>
          maps.length === mapClasses.length &&
          mapClasses.every((i) => i < classes.length) &&
          maps.every((map) => map.length === side * side),
      ),
    "expected a map of side * side values for each class, or for each of mapClasses",
  ),
);

type SampleFields = v.InferOutput<typeof sampleSchema>;
type ClassMapFields = v.InferOutput<typeof classMapSchema>;
type LayerFields = v.InferOutput<typeof layerSchema>;
type NetFields = v.InferOutput<typeof netSchema>;
type AnalysisFields = v.InferOutput<typeof analysisSchema>;
/** A test image and the model's prediction. */
export interface Sample extends SampleFields {}
/** The feature maps before global average pooling, one for each class, through the dense layer if one follows it; the mean of a map is that class's logit. */
export interface ClassMapSample extends ClassMapFields {}
/** One layer of a model: its window, its output and its costs. */
export interface Layer extends LayerFields {}
/** A model as a list of layers, which says where there are branches: plain JSON, no tensors. */
export interface NetDescription extends NetFields {}
/** Contents of analysis.json. Parts that do not apply to the model are absent. */
export interface Analysis extends AnalysisFields {}
