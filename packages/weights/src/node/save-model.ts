// A model as files that plain `tf.loadLayersModel` opens: model.json and weights.bin, replaced together or not at all.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { tf } from "@mlpconv/tensor";
import type { PretrainedConfig } from "../config/config.js";
import { withRawPixels } from "../tfjs/raw-pixels.js";
import { writeAtomically, writeWhole } from "./atomic.js";

/** How a model is saved. */
export interface SaveModelOptions {
  /**
   * What the model was trained on, from `pretrainedConfig`: the saved model then takes pixels 0-255, normalises them itself, and gives this as
   * its `getUserDefinedMetadata()`. Default: it takes what the model takes.
   */
  config?: PretrainedConfig | undefined;
}

/** Writes `folder`/model.json and `folder`/weights.bin; a model that was there before stays whole until the new one is. */
export const saveModel = async (
  model: tf.LayersModel,
  folder: string,
  { config }: SaveModelOptions = {},
): Promise<void> => {
  await mkdir(dirname(folder), { recursive: true });
  // Not mkdtemp, whose folders are for their owner alone: a web server reads this one.
  const fresh = join(dirname(folder), `.${basename(folder)}.${randomBytes(4).toString("hex")}.tmp`);
  await mkdir(fresh);
  try {
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
    // A folder cannot replace another in one step: the old one steps aside, so that one of the two is whole at any moment.
    const old = `${fresh}-old`;
    await rename(folder, old).catch(() => {});
    await rename(fresh, folder).catch(async (error) => {
      await rename(old, folder).catch(() => {});
      throw error;
    });
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
};

/**
 * Reads what `saveModel` wrote.
 *
 * @throws Error naming the file that is missing or broken
 */
export const loadModel = async (folder: string): Promise<tf.LayersModel> => {
  const path = join(folder, "model.json");
  try {
    const { weightsManifest, ...artifacts } = JSON.parse(await readFile(path, "utf8"));
    const [{ paths, weights }] = weightsManifest;
    const bytes = await readFile(join(folder, paths[0]));
    const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    return await tf.loadLayersModel(tf.io.fromMemory({ ...artifacts, weightSpecs: weights, weightData }));
  } catch (cause) {
    throw new Error(`loadModel: expected a saved model in ${folder}, got: ${(cause as Error).message}`, {
      cause,
    });
  }
};
