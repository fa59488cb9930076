// A model as the two files that `tf.loadLayersModel` opens, in Node and in browsers.
import { tf } from "@mlpconv/tensor";
import type { PretrainedConfig } from "../config/config.js";
import { withRawPixels } from "./raw-pixels.js";

/** Options of the tfjs export. */
export interface TfjsOptions {
  /**
   * Description from `pretrainedConfig`. With it the saved model takes pixels 0-255, normalises them itself, and returns the description from
   * `getUserDefinedMetadata()`. Default: the saved model takes the same input as the model.
   */
  config?: PretrainedConfig | undefined;
}

/** The files of a saved model, by name. */
export interface TfjsFiles {
  /** The weights, one after another. */
  "weights.bin": Uint8Array;
  /** The layers, and which weight is where. */
  "model.json": Uint8Array;
}

/** The bytes of a model's files. */
export const exportTfjs = async (model: tf.LayersModel, { config }: TfjsOptions = {}): Promise<TfjsFiles> => {
  let files: TfjsFiles | undefined;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      const whole = { ...saved, weightData: saved.weightData as ArrayBuffer };
      const { weightData, weightSpecs, ...artifacts } = config ? withRawPixels(whole, config) : whole;
      const manifest = {
        ...artifacts,
        weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }],
      };
      files = {
        "weights.bin": new Uint8Array(weightData),
        "model.json": new TextEncoder().encode(JSON.stringify(manifest)),
      };
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    }),
  );
  return files!;
};
