// The options of `train`, and its help, which teaches by example.
import {
  exampleLines,
  flagReader,
  jsonOption,
  modelOption,
  type OptionValues,
  option,
  readOptions,
  recipeOptions,
  runName,
  type TypedFlags,
} from "@mlpconv/cli-kit";
import { onOff, settings, wholeNumber } from "@mlpconv/runs";

export const trainOptions = {
  model: modelOption,
  ...recipeOptions,
  seed: settings.seed,
  run: option({
    flag: "--run <name>",
    kind: runName,
    help: "keep the run in runs/<name> (default: model, preset and time)",
  }),
  saveEvery: option({
    flag: "--save-every <n>",
    kind: wholeNumber(1, 1_000_000_000),
    help: "save after each n steps (default: each minute); after each epoch in any case",
  }),
  resume: option({
    flag: "--resume",
    kind: onOff,
    help: "go on with the run that --run names, to the bit as if it had not stopped",
    otherwise: false,
  }),
  breakLock: option({
    flag: "--break-lock",
    kind: onOff,
    help: "with --resume: break the lock that a process on another machine left",
  }),
  tensorboard: option({
    flag: "--tensorboard",
    kind: onOff,
    help: "keep the curves for TensorBoard too; `tensorboard --logdir runs` shows them",
  }),
  patience: option({
    flag: "--patience <seconds>",
    kind: wholeNumber(1, 1_000_000),
    help: "under mpirun or srun: how long a process waits for the others before it takes them for lost (default: 300)",
  }),
  dataFromRank0: option({
    flag: "--data-from-rank-0",
    kind: onOff,
    help: "under mpirun or srun: process 0 sends the images to the others",
  }),
  json: jsonOption("print summary.json"),
};

/** The options as they are meant; what is absent is the preset's to say. */
export type TrainRequest = OptionValues<typeof trainOptions>;

/** @throws UsageError with every problem found */
export const readTrainOptions = (typed: TypedFlags): TrainRequest => {
  const reader = flagReader("train");
  const request = readOptions(trainOptions, typed, reader);
  if (request.resume && typed.run === undefined)
    reader.wrong("expected --run with --resume, got none; name the run that is to go on");
  if (request.breakLock && !request.resume)
    reader.wrong("expected --resume with --break-lock, got none; a new run has no lock to break");
  reader.check();
  return request;
};

export const trainHelp = () => `
${exampleLines([
  ["train", "a small net of the NiN family, within minutes on a CPU"],
  ["train --model nin --preset d2l", 'the chapter of "Dive into Deep Learning", to the letter'],
  ["train --model nin --preset best --seed 1", "our recipe; another seed, another run"],
  ["train --model lenet --epochs 5 --lr 0.05", "a flag wins over its preset"],
  [
    "train --model nin --preset d2l --resize 96 --init he --no-last-relu",
    "the chapter's recipe with two of its parts changed",
  ],
  ["train --limit 6400 --run try-1", "a tenth of the training images, kept in runs/try-1"],
  ["train --run try-1 --resume", "go on with it, wherever and however it was stopped"],
  ["train --json | tail -n 1", "the run's summary for a program"],
  ["train --shards 4", "the bits that four processes give: mpirun -n 4, or 2, or 1"],
  ["engines", "what this machine can train on, and how fast"],
])}

Presets:
  quick  shows a net learning within minutes (default without a GPU)
  d2l    the book: Xavier's weights, plain SGD, batches of 128 (lenet 256), 224x224 pixels (lenet 28x28), 10 epochs
  best   ours: 10 epochs; NiN with AdamW and 1x1 convolutions that start as the identity (default on a GPU)

A run is kept in runs/<name>: config.json, events.jsonl, last.safetensors and best.safetensors (which PyTorch opens),
summary.json and model/ (which tf.loadLayersModel opens). Ctrl-C saves and stops, to go on with --resume; once more stops at once.
Exit codes: 0 done, 1 failed, 2 wrong usage, 129, 130, 138 or 143 interrupted. MLPCONV_DEBUG=1 shows where an error comes from.`;
