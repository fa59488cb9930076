// The options of `export`.
import {
  flagReader,
  folder,
  jsonOption,
  type OptionValues,
  option,
  readOptions,
  type TypedFlags,
} from "@mlpconv/cli-kit";
import { oneOf, onOff } from "@mlpconv/runs";
import { runOptions } from "../run-options.js";

const formats = ["onnx", "safetensors", "tfjs"] as const;
export type Format = (typeof formats)[number];

export const exportOptions = {
  ...runOptions,
  to: option({
    flag: "--to <format>",
    kind: oneOf(formats),
    help: formats.join(", "),
    needed: `expected --to to be one of ${formats.join(", ")}, got none`,
  }),
  foldBatchNorm: option({
    flag: "--fold-batch-norm",
    kind: onOff,
    help: "onnx: make batch normalisation part of the convolution before it (default: nodes of its own, as the net has it)",
    otherwise: false,
  }),
  json: jsonOption("print one JSON object"),
};

/** The options as they are meant. */
export type ExportRequest = OptionValues<typeof exportOptions> & {
  /** The new folder. */
  folder: string;
};

/** @throws UsageError with every problem found */
export const readExportOptions = (path: string | undefined, typed: TypedFlags): ExportRequest => {
  const reader = flagReader("export");
  const options = readOptions(exportOptions, typed, reader);
  const absent = "expected a folder to write, such as exported, got none";
  const request = { ...options, folder: reader.needed(path, folder, "DIR", absent) };
  if (options.foldBatchNorm && options.to !== undefined && options.to !== "onnx")
    reader.wrong(`expected --fold-batch-norm with --to onnx, got --to ${options.to}; leave it out`);
  reader.check();
  return request;
};
