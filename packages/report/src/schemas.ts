// What the files of a run folder must hold to be drawn. Fields that nobody here needs may be anything, so that newer files can be read.
import * as v from "valibot";

/** JSON has no NaN: a loss that is none is written as null. */
const loss = v.nullable(v.number());
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

export const configSchema = v.looseObject({
  model: v.string(),
  dataset: v.string(),
  dataSha256: v.optional(v.string()),
  preset: v.optional(v.string()),
  seed: v.optional(v.number()),
  resize: v.optional(v.number()),
});

const progress = { epoch: positive, step: whole, loss, trainAccuracy: share, examplesPerSecond: v.number() };
const tested = { testAccuracy: v.optional(share), testLoss: v.optional(loss), seconds: v.number() };

export const eventSchema = v.variant("type", [
  v.looseObject({
    type: v.literal("start"),
    epochs: positive,
    stepsPerEpoch: positive,
    examples: whole,
    parameters: whole,
  }),
  v.looseObject({ type: v.literal("step"), ...progress, stepInEpoch: positive }),
  v.looseObject({ type: v.literal("epoch"), ...progress, ...tested }),
  v.looseObject({ type: v.literal("end"), ...progress, ...tested, interrupted: v.boolean() }),
]);

export const summarySchema = v.looseObject({
  parameters: whole,
  loss,
  trainAccuracy: share,
  testAccuracy: v.nullable(share),
  examplesPerSecond: v.number(),
  seconds: v.number(),
  peakRssBytes: whole,
  interrupted: v.boolean(),
});

export const evaluationSchema = v.pipe(
  v.looseObject({
    weights: v.optional(v.string()),
    accuracy: share,
    loss: v.number(),
    classes: v.array(v.looseObject({ name: v.string() })),
    confusion: v.array(v.array(whole)),
  }),
  v.check(
    ({ classes, confusion }) =>
      confusion.length === classes.length && confusion.every((row) => row.length === classes.length),
    "expected a row and a column of confusion for each class",
  ),
);

/** Fashion-MNIST's images. */
const pixelCount = 28 * 28;

const sample = {
  index: whole,
  pixels: v.pipe(
    v.string(),
    v.base64(),
    v.check((text) => atob(text).length === pixelCount, `expected base64 of ${pixelCount} bytes`),
  ),
  label: whole,
  predicted: whole,
  probability: share,
};

const layer = v.looseObject({
  name: v.string(),
  kind: v.string(),
  outputShape: v.array(positive),
  parameters: whole,
  multiplyAccumulates: whole,
  activationBytes: whole,
  kernel: v.optional(positive),
  stride: v.optional(positive),
  padding: v.optional(whole),
  activation: v.optional(v.string()),
  rate: v.optional(share),
});

export const insightsSchema = v.pipe(
  v.looseObject({
    classes: v.array(v.string()),
    net: v.optional(
      v.looseObject({ name: v.string(), inputShape: v.array(positive), layers: v.array(layer) }),
    ),
    mistakes: v.optional(v.array(v.looseObject(sample))),
    classMaps: v.optional(
      v.array(v.looseObject({ ...sample, side: positive, maps: v.array(v.array(v.number())) })),
    ),
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
