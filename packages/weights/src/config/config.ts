// config.json: describes the model to which a file of weights belongs, in the format of image classifiers on the Hugging Face hub (timm's fields,
// with transformers' id2label and label2id).
import { type ModelName, models } from "@mlpconv/models";
import type { tf } from "@mlpconv/tensor";

/** Options of a model beside its input shape and classes, as the builders of @mlpconv/models take them. */
export interface ModelArgs {
  /** Divides the channels. */
  ratio?: number;
  /** ReLU after the last convolution. */
  lastRelu?: boolean;
  /** 1x1 convolutions in each block. */
  pointwise?: number;
  /** Batch normalisation behind each convolution. */
  batchNorm?: boolean;
  /** Share of activations set to zero in training. */
  dropout?: number;
}

/** config.json, with the field names of timm and transformers. */
export interface PretrainedConfig {
  /** The model's name in `models`. */
  architecture: ModelName;
  /** Number of logits. */
  num_classes: number;
  /** Options with which the model was built. */
  model_args: ModelArgs;
  /** Class names by index, as in transformers. */
  id2label: Record<string, string>;
  /** Class indices by name. */
  label2id: Record<string, number>;
  /** Images that the model expects: `input_size` in pixels, channels first; `label_names` in the order of the logits. */
  pretrained_cfg: {
    input_size: [channels: number, height: number, width: number];
    interpolation: "bilinear";
    /** Mean and standard deviation of each channel: the model gets (pixel / 255 - mean) / std. */
    mean: number[];
    std: number[];
    label_names: string[];
    /** Where pixels are normalised: "model" if the file takes raw pixels 0-255; "caller" or absent if the caller must do it. */
    normalized_by?: "model" | "caller";
    /** Background of the training images. An image on the other background must be inverted. */
    background?: "dark" | "light";
  };
  /** Metrics of the weights by name: { testAccuracy: 0.91 }. */
  metrics: Record<string, number>;
}

/** What `pretrainedConfig` cannot read from the model. */
export interface ConfigOptions {
  /** Class names in the order of the logits. */
  classes: readonly string[];
  /** Options with which the model was built. Default: no options. */
  modelArgs?: ModelArgs | undefined;
  /** Mean of each channel, of pixels in [0, 1]. Default 0. */
  mean?: readonly number[] | undefined;
  /** Standard deviation of each channel, of pixels in [0, 1]. Default 1. */
  std?: readonly number[] | undefined;
  /** Background of the training images. Default: not stated. */
  background?: "dark" | "light" | undefined;
  /** Metrics of the weights by name. Default: no metrics. */
  metrics?: Readonly<Record<string, number>> | undefined;
}

/** A config.json that does not describe a model of @mlpconv/models. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * The config.json of a model that a builder of @mlpconv/models made.
 *
 * @throws ConfigError when the model is not one of these, or the options do not fit its classes and channels
 */
export const pretrainedConfig = (
  model: tf.LayersModel,
  { classes, modelArgs = {}, mean, std, background, metrics = {} }: ConfigOptions,
): PretrainedConfig => {
  const [, height, width, channels] = model.inputs[0]!.shape as [null, number, number, number];
  const config = {
    architecture: model.name,
    num_classes: model.outputShape[1],
    model_args: modelArgs,
    id2label: Object.fromEntries(classes.entries()),
    label2id: Object.fromEntries(classes.map((label, i) => [label, i])),
    pretrained_cfg: {
      input_size: [channels, height, width],
      interpolation: "bilinear",
      mean: mean ?? new Array(channels).fill(0),
      std: std ?? new Array(channels).fill(1),
      label_names: classes,
      ...(background && { background }),
    },
    metrics,
  };
  return checkConfig(config, "pretrainedConfig");
};

/** The text of a file config.json. */
export const configText = (config: PretrainedConfig): string => `${JSON.stringify(config, null, 2)}\n`;

/** Builds the model that a config describes; its weights are loaded later. */
export const modelFromConfig = ({
  architecture,
  num_classes: classes,
  model_args,
  pretrained_cfg,
}: PretrainedConfig): tf.LayersModel => {
  const [channels, height, width] = pretrained_cfg.input_size;
  return models[architecture]({ ...model_args, inputShape: [height, width, channels], classes });
};

/**
 * Checks a parsed config.json; unknown entries are left alone.
 *
 * @throws ConfigError naming the first entry that is wrong
 */
export const checkConfig = (value: unknown, where: string): PretrainedConfig => {
  const expect = (holds: boolean, expected: string, got: unknown) => {
    if (!holds) throw new ConfigError(`${where}: expected ${expected}, got ${shown(got)}`);
  };
  expect(isObject(value), "an object", value);
  const config = value as Unchecked<PretrainedConfig>;
  const { architecture, num_classes: classes, model_args: args, metrics } = config;
  expect(
    typeof architecture === "string" && Object.hasOwn(models, architecture),
    `architecture to be one of ${Object.keys(models).join(", ")}`,
    architecture,
  );
  expect(isCount(classes), "num_classes to be a whole number from 1 up", classes);
  expect(isObject(args), "model_args to be an object", args);
  const {
    ratio = 1,
    lastRelu = true,
    pointwise = 2,
    batchNorm = false,
    dropout = 0,
    ...rest
  } = args as Unchecked<ModelArgs>;
  expect(isNumber(ratio), "model_args.ratio to be a number", ratio);
  expect(typeof lastRelu === "boolean", "model_args.lastRelu to be true or false", lastRelu);
  expect(Number.isSafeInteger(pointwise), "model_args.pointwise to be a whole number", pointwise);
  expect(typeof batchNorm === "boolean", "model_args.batchNorm to be true or false", batchNorm);
  expect(isNumber(dropout), "model_args.dropout to be a number", dropout);
  expect(
    Object.keys(rest).length === 0,
    "model_args of ratio, lastRelu, pointwise, batchNorm and dropout",
    rest,
  );

  expect(isObject(config.pretrained_cfg), "pretrained_cfg to be an object", config.pretrained_cfg);
  const {
    input_size: size,
    mean,
    std,
    label_names: labels,
    interpolation,
    normalized_by: by = "caller",
    background = "dark",
  } = config.pretrained_cfg as Unchecked<PretrainedConfig["pretrained_cfg"]>;
  expect(isList(size, isCount, 3), "input_size [channels, height, width]", size);
  const [channels] = size as [number];
  expect(interpolation === "bilinear", 'interpolation "bilinear"', interpolation);
  expect(isList(mean, isNumber, channels), `mean of ${channels} channels`, mean);
  expect(
    isList(std, (each) => isNumber(each) && each > 0, channels),
    `std of ${channels} channels, above 0`,
    std,
  );
  expect(by === "model" || by === "caller", 'normalized_by "model" or "caller"', by);
  expect(background === "dark" || background === "light", 'background "dark" or "light"', background);
  const isName = (label: unknown) => typeof label === "string";
  expect(isList(labels, isName, classes as number), `label_names of ${classes} classes`, labels);
  expect(new Set(labels as string[]).size === classes, "label_names that differ", labels);
  expect(isObject(metrics) && Object.values(metrics).every(isNumber), "metrics to be numbers", metrics);
  return value as PretrainedConfig;
};

type Unchecked<T> = { [K in keyof T]?: unknown };

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
const isList = (value: unknown, of: (item: unknown) => boolean, length: number) =>
  Array.isArray(value) && value.length === length && value.every(of);

const shown = (value: unknown) => (JSON.stringify(value) ?? "none").slice(0, 200);
