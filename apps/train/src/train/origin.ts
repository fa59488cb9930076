// The net that a file says its weights belong to, and how the new run's pixels differ from those that the weights were trained on.

import { normalization } from "@mlpconv/datasets";
import type { RunSettings } from "@mlpconv/runs";
import type { PretrainedConfig } from "@mlpconv/weights";

/** The net that a file's weights belong to, as far as its metadata say. */
export interface Origin {
  /** Flags that build it: "--model lenet --resize 28, with 1 channel". */
  flags?: string;
  /** Names of the classes. */
  classes?: string[];
  /** Images: channels and side in pixels. */
  input?: { channels: number; side: number };
  /** How its pixels were normalised. */
  pixels?: Pixels;
}

/** How pixels reach a net: in [0, 1], or normalised by the mean and standard deviation of the training images or of ImageNet. */
type Pixels = "raw" | "own" | "imagenet";

/** Settings that decide how pixels reach a net. */
export type PixelSettings = Pick<RunSettings, "normalize" | "normalizeBy">;

const pixelsOf = ({ mean, std }: { mean: readonly number[]; std: readonly number[] }): Pixels => {
  if (mean.every((x) => x === 0) && std.every((x) => x === 1)) return "raw";
  const { normalize } = normalization({ normalize: true, normalizeBy: "imagenet", data: { mean, std } });
  return `${normalize!.mean};${normalize!.std}` === `${mean};${std}` ? "imagenet" : "own";
};

/** Reads the metadata of a safetensors file. */
export const originOf = ({ config }: Readonly<Record<string, string>>): Origin => {
  if (config === undefined) return {};
  try {
    const { architecture, pretrained_cfg } = JSON.parse(config) as PretrainedConfig;
    const { input_size, label_names } = pretrained_cfg;
    const [channels, side] = input_size;
    return {
      flags: `--model ${architecture} --resize ${side}, with ${channelWords(channels)}`,
      classes: label_names,
      input: { channels, side },
      pixels: pixelsOf(pretrained_cfg),
    };
  } catch {
    // Written by another program.
    return {};
  }
};

const channelWords = (n: number): string => (n === 1 ? "1 channel" : `${n} channels`);

/** Where size and channels of the images differ, with flags for the same ones: "trained on 28x28 pixels, here 32x32 (--resize 28)". */
export const sizeWords = ({ input }: Origin, [height, width, channels]: readonly number[]): string[] => {
  if (!input) return [];
  const { side } = input;
  return [
    ...(side === height && side === width
      ? []
      : [`trained on ${side}x${side} pixels, here ${height}x${width} (--resize ${side})`]),
    ...(input.channels === channels
      ? []
      : [
          `trained on ${channelWords(input.channels)}, here ${channels} (--channels ${input.channels} for a folder of pictures)`,
        ]),
  ];
};

const words: Record<Pixels, string> = {
  raw: "in [0, 1]",
  own: "normalised by the mean and deviation of the training images",
  imagenet: "normalised by ImageNet's mean and deviation",
};

/** A warning where the weights were trained on pixels that were normalised in another way, with the flags that normalise them alike. */
export const pixelLines = (
  path: string,
  { pixels }: Origin,
  { normalize, normalizeBy = "own" }: PixelSettings,
  channels: number | undefined,
): string[] => {
  const here: Pixels = normalize ? normalizeBy : "raw";
  if (pixels === here) return [];
  if (pixels === undefined)
    return channels === 3 && here !== "imagenet"
      ? [
          `pixels   ${path} does not say how its pixels were normalised; weights of torchvision need ${fix("imagenet", here)}`,
        ]
      : [];
  return [
    `warning: ${path} was trained on pixels ${words[pixels]}, and here they are ${words[here]}; for the same: ${fix(pixels, here)}`,
  ];
};

/** Flags for pixels as the weights were trained on, in place of those that the run has here. */
const fix = (pixels: Pixels, here: Pixels): string => {
  if (pixels !== "raw") return `${here === "raw" ? "--normalize " : ""}--normalize-by ${pixels}`;
  return here === "imagenet" ? "--no-normalize without --normalize-by" : "--no-normalize";
};
