// The command `export`: a run's weights as files that others open.
import { addOptions, exampleLines, operand, type TypedFlags, withTerminal } from "@mlpconv/cli-kit";
import { Command } from "commander";
import { exportRun } from "./export-run.js";
import { exportOptions, readExportOptions } from "./options.js";

const help = () => `
${exampleLines([
  [
    "export --run try-1 --to onnx try-1-onnx",
    'model.onnx for ONNX Runtime: "input" [batch, channels, side, side] to "logits"',
  ],
  [
    "export --run try-1 --to safetensors try-1-hub",
    "model.safetensors by PyTorch's keys, for PyTorch and the Hugging Face hub",
  ],
  ["export --run try-1 --to tfjs try-1-web", "model.json and weights.bin, which tf.loadLayersModel opens"],
  ["export --run try-1 --to onnx --weights last last-onnx", "the last weights and not the best"],
  [
    "export --run resnet --to onnx --fold-batch-norm resnet-onnx",
    "fewer nodes: the weights of convolutions hold the batch normalisation behind them",
  ],
])}

onnx and tfjs files take pixels 0-255 and normalise them themselves; weights as safetensors are for normalised pixels. config.json says the net, its
classes, its image size, the mean and standard deviation, and who normalises (normalized_by).
A folder that holds something is refused; a new one is whole or not there.
Exit codes: 0 done, 1 failed, 2 wrong usage. MLPCONV_DEBUG=1 shows where an error comes from.`;

/** `export`, to be mounted on a program. */
export const exportCommand = (): Command =>
  addOptions(new Command("export"), exportOptions)
    .description("Write what a run learned as files for other programs")
    .addArgument(operand("[dir]", "the folder to write, new or empty", "files"))
    .addHelpText("after", help)
    .action(async (folder: string | undefined, typed: TypedFlags) => {
      const request = readExportOptions(folder, typed);
      await withTerminal(request, (terminal) => exportRun(request, terminal));
    });
