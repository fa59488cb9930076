// Normalisation as a layer of the exported model, so that its inputs are raw pixels.
import type { PretrainedConfig } from "./config.js";

/** Normalisation of each channel as y = x * scale + offset, which equals (x / 255 - mean) / std. */
export interface Rescaling {
  scale: number[];
  offset: number[];
}

/** The scale and offset that turn pixels 0-255 into the model's normalised input. */
export const rescalingOf = ({ pretrained_cfg: { mean, std } }: PretrainedConfig): Rescaling => ({
  scale: std.map((deviation) => 1 / (255 * deviation)),
  offset: std.map((deviation, channel) => -mean[channel]! / deviation),
});

/** The config of a model file that normalises its pixels itself. */
export const rawPixels = (config: PretrainedConfig): PretrainedConfig => ({
  ...config,
  pretrained_cfg: { ...config.pretrained_cfg, normalized_by: "model" },
});
