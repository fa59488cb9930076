// The command line of `export`, checked.
import { flagReader, folderPath, oneOf } from "@mlpconv/cli-kit";
import { type RunFlags, type RunRequest, readRunFlags } from "../run-flags.js";

export const formats = ["onnx", "safetensors", "tfjs"] as const;
export type Format = (typeof formats)[number];

/** The flags as they were typed. */
export interface ExportFlags extends RunFlags {
  to?: string;
}

/** The flags as they are meant. */
export interface ExportRequest extends RunRequest {
  to: Format;
  /** The new folder. */
  folder: string;
}

/** @throws UsageError with every problem found */
export const readExportFlags = (folder: string | undefined, flags: ExportFlags): ExportRequest => {
  const reader = flagReader("export");
  const request = {
    ...readRunFlags(flags, reader),
    to: reader.needed(
      flags.to,
      oneOf("--to", formats),
      `expected --to to be one of ${formats.join(", ")}, got none`,
    ),
    folder: reader.needed(
      folder,
      folderPath("DIR"),
      "expected a folder to write, such as exported, got none",
    ),
  };
  reader.check();
  return request;
};
