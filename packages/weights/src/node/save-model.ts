// A model as files that plain `tf.loadLayersModel` opens: model.json and weights.bin, replaced together or not at all.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { tf } from "@mlpconv/tensor";
import { replaceFolder, writeAtomically, writeWhole } from "./atomic.js";
import { restoreMovedAside } from "./temporary.js";

/** Writes `folder`/model.json and `folder`/weights.bin; a model that was there before stays whole until the new one is. */
export const saveModel = (model: tf.LayersModel, folder: string): Promise<void> =>
  replaceFolder(folder, async (fresh) => {
    await model.save(
      tf.io.withSaveHandler(async ({ weightData, weightSpecs, ...artifacts }) => {
        const bytes = new Uint8Array(weightData as ArrayBuffer);
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
