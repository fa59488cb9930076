// Schema of config.json: all that decides the numbers of a run, and where it ran.

import {
  aboveZero,
  atLeastZero,
  count,
  name,
  shareBelowOne,
  whole,
  wholeFrom,
} from "@mlpconv/trainer/events";
import * as v from "valibot";
import { dataSchema } from "./data.js";

/** Presets that a run can be trained by. */
export const presetNames = ["quick", "d2l", "best"] as const;
/** Optimizers of a recipe. */
export const optimizers = ["sgd", "adamw"] as const;
/** Courses of the learning rate. */
export const schedules = ["constant", "cosine"] as const;
/** Rules by which weights start. */
export const weightRules = ["he", "xavier", "dirac"] as const;
/** Rules by which biases start. */
export const biasRules = ["zeros", "pytorch"] as const;

const netSchema = v.strictObject({
  /** Divisor of the channels. Only `ninMnist`, `ninCifar` and the VGGs have it. */
  ratio: v.exactOptional(aboveZero),
  /** ReLU after the last convolution as well: then logits are never negative. Only the NiNs have it. */
  lastRelu: v.exactOptional(v.boolean()),
  /** 1x1 convolutions in each block; absent: two. Only `nin` has it. */
  pointwise: v.exactOptional(wholeFrom(0, 4)),
  /** Absent: the net's own, 0.5. */
  dropout: v.exactOptional(shareBelowOne),
  /** How weights and biases start. */
  init: v.strictObject({ weights: v.picklist(weightRules), biases: v.picklist(biasRules) }),
});

/** What `train` writes. */
export const trainedConfigSchema = v.strictObject({
  /** The net, by its name in `models`. */
  model: name,
  /** The preset that it was trained by. */
  preset: v.picklist(presetNames),
  /** Seed of weights, shuffling, dropout and mirroring. */
  seed: whole,
  /** How the net is built, beside its input shape and seed. */
  net: netSchema,
  /** Side of the square to which images are resized, in pixels. */
  resize: wholeFrom(1, 1024),
  epochs: wholeFrom(1, 10_000),
  /** Training images in an epoch; absent: all. Test images are never left out. */
  limit: v.exactOptional(count),
  batchSize: count,
  optimizer: v.picklist(optimizers),
  learningRate: aboveZero,
  /** SGD's momentum, or AdamW's beta1. */
  momentum: shareBelowOne,
  /** Decoupled, of weights alone. */
  weightDecay: atLeastZero,
  schedule: v.picklist(schedules),
  /** Steps in which the learning rate grows to full; below 1: that share of all steps. */
  warmup: atLeastZero,
  /** Pixels shifted and scaled to mean 0 and standard deviation 1 over the training images; else they are in [0, 1]. */
  normalize: v.boolean(),
  /** Half of the training images are mirrored, drawn anew in each epoch. */
  flip: v.boolean(),
  /** The engine that computed. */
  engine: name,
  /** The device that the engine computed on, in words. */
  device: v.string(),
  /** The data set: what images and labels mean, and which they were. */
  data: v.pipe(
    dataSchema,
    v.check(
      ({ shape: [, , channels], mean, std }) => mean.length === channels && std.length === channels,
      "expected a mean and a standard deviation for each channel of shape",
    ),
  ),
  /** Node's version. */
  node: v.string(),
});

/** What a report needs of a config.json: the model and the data set's name. Other fields may be absent, and are what `train` writes where they are there. */
export const configSchema = v.strictObject({
  ...v.partial(trainedConfigSchema).entries,
  model: name,
  data: v.strictObject({ ...v.partial(dataSchema).entries, name }),
  preset: v.optional(name),
});

type TrainedConfigFields = v.InferOutput<typeof trainedConfigSchema>;
type ConfigFields = v.InferOutput<typeof configSchema>;
type NetFields = v.InferOutput<typeof netSchema>;
/** What `train` writes into config.json. */
export interface TrainedConfig extends TrainedConfigFields {}
/** config.json of any run: of one that a program of yours made, too. */
export interface RunConfig extends ConfigFields {}
/** How a net is built, beside its input shape and seed. */
export interface Net extends NetFields {}
/** Name of a preset. */
export type PresetName = (typeof presetNames)[number];
