// Normalisation as a layer of the exported model, so that its inputs are raw pixels.
import type { PretrainedConfig } from "./config.js";

/** y = x * scale + offset of each channel: (x / 255 - mean) / std. */
export interface Rescaling {
  scale: number[];
  offset: number[];
}

/** What turns pixels 0-255 into what the model was trained on. */
export const rescalingOf = ({ pretrained_cfg: { mean, std } }: PretrainedConfig): Rescaling => ({
  scale: std.map((deviation) => 1 / (255 * deviation)),
  offset: std.map((deviation, channel) => -mean[channel]! / deviation),
});

/** The config of a model file that normalises its pixels itself. */
export const rawPixels = (config: PretrainedConfig): PretrainedConfig => ({
  ...config,
  pretrained_cfg: { ...config.pretrained_cfg, normalized_by: "model" },
});
