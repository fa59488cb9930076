// A model as files that plain `tf.loadLayersModel` opens: model.json and weights.bin, replaced together or not at all.
import { join } from "node:path";
import { tf } from "@mlpconv/tensor";
import type { PretrainedConfig } from "../config/config.js";
import { withRawPixels } from "../tfjs/raw-pixels.js";
import { replaceFolder, writeAtomically, writeWhole } from "./atomic.js";
import { openFile, readText } from "./open-file.js";
import { restoreMovedAside } from "./temporary.js";

/** How a model is saved. */
export interface SaveModelOptions {
  /**
   * What the model was trained on, from `pretrainedConfig`: the saved model then takes pixels 0-255, normalises them itself, and gives this as
   * its `getUserDefinedMetadata()`. Default: it takes what the model takes.
   */
  config?: PretrainedConfig | undefined;
}

/** Writes `folder`/model.json and `folder`/weights.bin; a model that was there before stays whole until the new one is. */
export const saveModel = (
  model: tf.LayersModel,
  folder: string,
  { config }: SaveModelOptions = {},
): Promise<void> =>
  replaceFolder(folder, async (fresh) => {
    await model.save(
      tf.io.withSaveHandler(async (saved) => {
        const whole = { ...saved, weightData: saved.weightData as ArrayBuffer };
        const { weightData, weightSpecs, ...artifacts } = config ? withRawPixels(whole, config) : whole;
        const bytes = new Uint8Array(weightData);
        await writeAtomically(join(fresh, "weights.bin"), (file) => writeWhole(file, bytes));
        const manifest = {
          ...artifacts,
          weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }],
        };
        await writeAtomically(join(fresh, "model.json"), (file) => file.writeFile(JSON.stringify(manifest)));
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
      }),
    );
  });

/**
 * Reads what `saveModel` wrote.
 *
 * @throws Error naming the file that is missing or broken
 */
export const loadModel = async (folder: string): Promise<tf.LayersModel> => {
  const path = join(folder, "model.json");
  await restoreMovedAside(folder);
  try {
    const { weightsManifest, ...artifacts } = JSON.parse(await readText(path));
    const [{ paths, weights }] = weightsManifest;
    const bytes = await readBytes(join(folder, paths[0]));
    const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    return await tf.loadLayersModel(tf.io.fromMemory({ ...artifacts, weightSpecs: weights, weightData }));
  } catch (cause) {
    throw new Error(`loadModel: expected a saved model in ${folder}, got: ${(cause as Error).message}`, {
      cause,
    });
  }
};

const readBytes = async (path: string): Promise<Buffer> => {
  const file = await openFile(path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
};
