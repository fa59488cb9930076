// A run as a folder would tell it, small and the same every time, with every part that can be drawn.
import type { LoggedEvent } from "@mlpconv/trainer";
import type { Analysis, Evaluation, NetDescription, Run, Sample } from "../src/index.js";

export const classes = ["t-shirt", "trouser", "bag"];
export const imageShape: [number, number, number] = [28, 28, 1];

const stepsPerEpoch = 10;

/** Two steps make a point of the curves: the batches of the n-th have loss 1/n and accuracy n/50. */
export const sampleEvents = (epochs = 2): LoggedEvent[] => {
  const events: LoggedEvent[] = [
    { type: "start", epochs, stepsPerEpoch, examples: 640, parameters: 1_992_166 },
  ];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const progress = (step: number) => {
      const first = (epoch - 1) * stepsPerEpoch + 1;
      const batches = Array.from({ length: step - first + 1 }, (_, i) => Math.ceil((first + i) / 2));
      const mean = (of: (point: number) => number) =>
        batches.reduce((sum, point) => sum + of(point), 0) / batches.length;
      const loss = mean((point) => 1 / point);
      return { epoch, step, loss, trainAccuracy: mean((point) => point / 50), examplesPerSecond: 500 };
    };
    for (let stepInEpoch = 1; stepInEpoch <= stepsPerEpoch; stepInEpoch++) {
      const step = (epoch - 1) * stepsPerEpoch + stepInEpoch;
      events.push({ type: "step", ...progress(step), stepInEpoch, learningRate: 0.1 });
    }
    const tested = { testAccuracy: (4 + epoch) / 10, testLoss: 1, seconds: 4 * epoch };
    events.push({ type: "epoch", ...progress(epoch * stepsPerEpoch), ...tested });
  }
  return events;
};

export const sampleClasses = (names: readonly string[]): Evaluation["classes"] =>
  names.map((name) => ({ name, examples: 100, accuracy: 0.5, precision: null }));

export const sampleEvaluation: Evaluation = {
  run: "try-1",
  model: "nin",
  weights: "best",
  epoch: 2,
  engine: "native",
  dataset: "fashion-mnist",
  examples: 300,
  accuracy: 0.7,
  loss: 0.8,
  classes: sampleClasses(classes),
  seconds: 3,
  confusion: [
    [64, 36, 0],
    [0, 100, 0],
    [50, 4, 46],
  ],
};

const pixels = (level: number): string => btoa(String.fromCharCode(...new Uint8Array(28 * 28).fill(level)));

const sample = (index: number, label: number, predicted: number): Sample => ({
  index,
  pixels: pixels(40 * index),
  label,
  predicted,
  probability: 0.75,
});

export const sampleNet: NetDescription = {
  name: "nin",
  inputShape: [28, 28, 1],
  layers: [
    conv("0.0", 5, [28, 28, 8], 208),
    conv("0.2", 1, [28, 28, 8], 72),
    conv("0.4", 1, [28, 28, 3], 27),
    layer("1", "MaxPooling2D", [13, 13, 3], { kernel: 3, stride: 2 }),
    layer("2", "Dropout", [13, 13, 3], { rate: 0.5 }),
    layer("3", "GlobalAveragePooling2D", [3], {}),
  ],
};

export const sampleVgg: NetDescription = {
  name: "vgg11",
  inputShape: [28, 28, 1],
  layers: [
    conv("0.0", 3, [28, 28, 4], 40),
    layer("0.2", "MaxPooling2D", [14, 14, 4], { kernel: 2, stride: 2 }),
    conv("1.0", 3, [14, 14, 8], 296),
    conv("1.2", 3, [14, 14, 8], 584),
    layer("1.4", "MaxPooling2D", [7, 7, 8], { kernel: 2, stride: 2 }),
    layer("2", "Flatten", [392], {}),
    { ...layer("3", "Dense", [3], {}), parameters: 1179, multiplyAccumulates: 1176 },
  ],
};

function layer(name: string, kind: string, outputShape: number[], rest: object) {
  return { name, kind, outputShape, parameters: 0, multiplyAccumulates: 0, activationBytes: 4, ...rest };
}

function conv(name: string, kernel: number, outputShape: number[], parameters: number) {
  const padding = (kernel - 1) / 2;
  return {
    ...layer(name, "Conv2D", outputShape, { kernel, stride: 1, padding, activation: "relu" }),
    parameters,
  };
}

export const sampleAnalysis: Analysis = {
  classes,
  imageShape,
  net: sampleNet,
  mistakes: [sample(1, 0, 1), sample(2, 2, 0)],
  classMaps: [
    {
      ...sample(3, 1, 1),
      side: 2,
      maps: [
        [-1, 0, 1, 0],
        [4, 2, 1, 1],
        [0, 0, 0, 0],
      ],
    },
    {
      ...sample(4, 0, 2),
      side: 2,
      maps: [
        [1, 0, 0, 0],
        [0, 0, 0, 0],
        [2, 0, 0, 0],
      ],
    },
  ],
};

export const sampleRun = (changes: Partial<Run> = {}): Run => ({
  name: "try-1",
  config: {
    model: "nin",
    data: { name: "fashion-mnist", sha256: "aa11" },
    preset: "quick",
    seed: 0,
    resize: 28,
  },
  events: sampleEvents(),
  summary: {
    model: "nin",
    preset: "quick",
    engine: "native",
    dataset: "fashion-mnist",
    seed: 0,
    epochs: 2,
    loss: 0.1,
    trainAccuracy: 0.2,
    testAccuracy: 0.6,
    examplesPerSecond: 512.4,
    parameters: 1_992_166,
    seconds: 200,
    peakRssBytes: 446_255_104,
    interrupted: false,
  },
  evaluation: sampleEvaluation,
  analysis: sampleAnalysis,
  ...changes,
});
