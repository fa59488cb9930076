// The options of `train`, and its help with examples.
import {
  changeableFlags,
  datasetOption,
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
import { type DatasetList, datasets } from "@mlpconv/datasets";
import { augmentHelp } from "@mlpconv/datasets/info";
import { onOff, settings, wholeNumber } from "@mlpconv/runs";
import { pictureSteps } from "@mlpconv/runs/recipe";

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
  untilEpoch: option({
    flag: "--until-epoch <n>",
    kind: wholeNumber(1, 10_000),
    help: "stop after epoch n, to go on later with --resume; the schedule is still that of all --epochs",
  }),
  resume: option({
    flag: "--resume",
    kind: onOff,
    help: "go on with the run that --run names, to the bit as if it had not stopped; with flags such as --epochs 20, with other settings",
    otherwise: false,
  }),
  autoResume: option({
    flag: "--auto-resume",
    kind: onOff,
    help: "begin the run that --run names, or go on with it if it was begun: for jobs that may be started again",
  }),
  breakLock: option({
    flag: "--break-lock",
    kind: onOff,
    help: "with --resume or --auto-resume: break the lock that a process on another machine left",
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

/** Values of the options; an absent one is decided by the preset. */
export type TrainRequest = OptionValues<typeof trainOptions>;

/** The options of a program that has these data sets. */
export const trainOptionsWith = (known: DatasetList): typeof trainOptions => ({
  ...trainOptions,
  dataset: datasetOption(known),
});

/** @throws UsageError with every problem found */
export const readTrainOptions = (typed: TypedFlags, known: DatasetList = datasets): TrainRequest => {
  const reader = flagReader("train");
  const request = readOptions(trainOptionsWith(known), typed, reader);
  const { resume, autoResume, breakLock } = request;
  if (resume && typed.run === undefined)
    reader.wrong("expected --run with --resume, got none; name the run that is to go on");
  if (autoResume && typed.run === undefined)
    reader.wrong("expected --run with --auto-resume, got none; name the run, so that it is found again");
  if (resume && autoResume)
    reader.wrong(
      "expected --resume or --auto-resume, got both; --auto-resume also begins a run that is not there",
    );
  if (breakLock && !resume && !autoResume)
    reader.wrong("expected --resume with --break-lock, got none; a new run has no lock to break");
  reader.check();
  return request;
};

/** Each augmentation and what it does, one a line. */
export const augmentLines = (): string => {
  const rows = augmentHelp();
  const width = Math.max(...rows.map(([form]) => form.length));
  return rows.map(([form, does]) => `  ${form.padEnd(width)}  ${does}`).join("\n");
};

export const trainHelp = () => `
${exampleLines([
  ["train", "a small net of the NiN family, within minutes on a CPU"],
  ["train --model nin --preset d2l", 'the chapter of "Dive into Deep Learning", to the letter'],
  ["train --model nin --preset best --seed 1", "our recipe; another seed, another run"],
  ["train --model lenet --epochs 5 --lr 0.05", "a flag wins over its preset"],
  ["train --dataset cifar10", "another data set, with a net of its image size (ninCifar)"],
  [
    "train --model nin --preset d2l --resize 96 --init he --no-last-relu",
    "the chapter's recipe with two of its parts changed",
  ],
  ["train --augment shift:2,flip,erase:8", "training images moved, mirrored and partly blackened at random"],
  ["show-data --augment shift:2,flip,erase:8 --out sheet.png", "what that makes of the images"],
  ["train --data photos", "your own pictures, in a folder for each class: photos/cat, photos/dog"],
  [
    "train --data photos --model nin --resize 96 --fit pad --test-share 0.1",
    "in another size, whole, a tenth for testing",
  ],
  ["train --limit 6400 --run try-1", "a tenth of the training images, kept in runs/try-1"],
  [
    "train --val-share 0.1 --run try-2",
    "a tenth held out: best.safetensors is chosen by it, not by the test images",
  ],
  [
    "train --val-share 0.1 --epochs 50 --early-stop 5",
    "end when 5 epochs in a row brought no better accuracy on the images that are held out",
  ],
  ["train --run try-1 --resume", "go on with it, wherever and however it was stopped"],
  [
    "train --run try-1 --resume --epochs 20 --lr 0.01",
    "train it longer, and with another learning rate from here on",
  ],
  ["train --model nin --run job-1 --auto-resume", "begin it or go on with it, for a job that is requeued"],
  ["train --json | tail -n 1", "the run's summary for a program"],
  ["train --shards 4", "the bits that four processes give: mpirun -n 4, or 2, or 1"],
  ["engines", "what this machine can train on, and how fast"],
])}

Presets:
  quick     shows a net learning within minutes (default without a GPU)
  d2l       the book: Xavier's weights, plain SGD, batches of 128 (lenet 256), 224x224 pixels (lenet 28x28), 10 epochs
  best      ours: 10 epochs; NiN with AdamW and 1x1 convolutions that start as the identity (default on a GPU)
  pictures  best in small batches and with more epochs, for a few hundred pictures (default for a folder of them)

Augmentations, always applied in this order, before the images are resized; --flip is the same as flip in the list, and both together flip once:
${augmentLines()}

Without --model, --dataset takes the net of its image size: ninMnist for 28x28 grey pixels, ninCifar for 32x32 colours; the book's Fashion-MNIST takes
nin, or ninMnist with preset quick. A folder of pictures takes a narrow ninMnist at 48 pixels; without --epochs it gets at least
as many epochs as make ${pictureSteps.least} steps, with every preset but d2l. Pixels are normalised by the data set's own mean and standard deviation, and letters and digits are not mirrored.

A run is kept in runs/<name>: config.json, events.jsonl, last.safetensors and best.safetensors (which PyTorch opens),
summary.json and model/ (which tf.loadLayersModel opens). Ctrl-C saves and stops, to go on with --resume; once more stops at once.
--resume may change ${changeableFlags().join(", ")}. What is changed is in the run's log, its config.json and its report:
from there on the run is no longer what one uninterrupted run would be. Without changes it is, to the bit.
With --auto-resume the same command begins a run, goes on with it and, once it has finished, ends at once with exit code 0.
Exit codes: 0 done, 1 failed, 2 wrong usage, 129, 130, 138 or 143 interrupted. MLPCONV_DEBUG=1 shows where an error comes from.`;
