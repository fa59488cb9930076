// A model as the files that `tf.loadLayersModel` opens, model.json and weights.bin, replaced together or not at all.
import { join } from "node:path";
import { tf } from "@mlpconv/tensor";
import { exportTfjs, type TfjsOptions } from "../tfjs/export.js";
import { replaceFolder, writeAtomically, writeWhole } from "./atomic.js";
import { openFile, readText } from "./open-file.js";
import { restoreMovedAside } from "./temporary.js";

/** Options of `saveModel`. */
export interface SaveModelOptions extends TfjsOptions {}

/** Writes `folder`/model.json and `folder`/weights.bin. A model that is already there stays until the new one is complete. */
export const saveModel = (model: tf.LayersModel, folder: string, options?: SaveModelOptions): Promise<void> =>
  replaceFolder(folder, async (fresh) => {
    const files = await exportTfjs(model, options);
    for (const name of ["weights.bin", "model.json"] as const)
      await writeAtomically(join(fresh, name), (file) => writeWhole(file, files[name]));
  });

/**
 * Reads a model that `saveModel` wrote.
 *
 * @throws Error naming the file that is missing or damaged
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
