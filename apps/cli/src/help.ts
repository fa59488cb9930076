// What `npx mlpconv --help` and `--version` say.
import { readFileSync } from "node:fs";
import { exampleLines } from "@mlpconv/cli-kit";

/** This package's own; package.json is beside src and dist alike. */
export const version: string = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
).version;

export const examples = () => `
${exampleLines([
  ["train", "a small Network in Network, within minutes on a CPU"],
  ["train --model lenet --run first", "a run with a name, in seconds"],
  ["evaluate --run first", "each class's accuracy, and the confusion matrix"],
  ["predict --run first boot.png", "what a picture of yours shows"],
  ["report first", "one page: curves, mistakes, what the net looks like"],
  ["export --run first --to onnx first-onnx", "the weights for others: onnx, safetensors, tfjs"],
  ["compare --models lenet,nin --seeds 3", "several nets, several times each, in one table"],
  ["playground", "train and watch a net in the browser; with --run NAME a run"],
  ["show-data --augment shift:2,flip", "training images, and what augmentation makes of them"],
  ["lr-find", "a learning rate to begin with"],
  ["engines", "what this machine can train on, and how fast"],
  ["train --help", "every flag, with examples; so for each command"],
])}

Runs are kept in runs/ and comparisons in comparisons/, in the folder that the program is started in. The data set is found or
downloaded once.`;
