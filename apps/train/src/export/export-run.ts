// What `export` does, in order: run, weights, a new folder with the files of the format.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Terminal } from "@mlpconv/cli-kit";
import { count, findRun, UsageError } from "@mlpconv/cli-kit";
import { loadRun, type TrainedRun, weightsWords } from "@mlpconv/runs/node";
import { exportOptions } from "@mlpconv/runs/recipe";
import { type tf, useEngine } from "@mlpconv/tensor";
import {
  type ConfigOptions,
  configText,
  type PretrainedConfig,
  pretrainedConfig,
  rawPixels,
} from "@mlpconv/weights";
import { saveModel, saveOnnx, savePretrained, writeAtomically } from "@mlpconv/weights/node";
import { checkFolderIsNew, writeFolder } from "./new-folder.js";
import type { ExportRequest, Format } from "./options.js";

export const exportRun = async (request: ExportRequest, terminal: Terminal): Promise<void> => {
  const { to, folder } = request;
  const found = await findRun("export", request.run, request.weights);
  await checkFolderIsNew("export", folder);
  // Nothing is computed, and cpu is always there.
  await useEngine("cpu");
  const run = await loadRun(found);
  if (request.foldBatchNorm) checkHasBatchNorm(run.model);
  await writeFolder(folder, (fresh) => write[to](run, fresh, request));

  const files = await sizes(folder);
  terminal.say(`${run.config.model} from ${run.folder} (${weightsWords(run)}) as ${to}`);
  for (const { file, bytes } of files) terminal.say(`${join(folder, file)}  ${count(bytes)} bytes`);
  if (request.json) {
    const { name, weights, config } = run;
    process.stdout.write(
      `${JSON.stringify({ run: name, model: config.model, weights, to, folder, files })}\n`,
    );
  }
};

const checkHasBatchNorm = ({ layers, name }: tf.LayersModel): void => {
  if (layers.some((layer) => layer.getClassName() === "BatchNormalization")) return;
  throw new UsageError("export", [
    `expected --fold-batch-norm with a net that has batch normalisation, got ${name} without; leave it out`,
  ]);
};

const write: Record<Format, (run: TrainedRun, folder: string, request: ExportRequest) => Promise<void>> = {
  onnx: async (run, folder, { foldBatchNorm }) => {
    const config = pretrainedConfig(run.model, describe(run));
    await saveOnnx(run.model, join(folder, "model.onnx"), { config, foldBatchNorm });
    await writeConfig(config, folder);
  },
  safetensors: (run, folder) => savePretrained(run.model, folder, describe(run)),
  tfjs: async (run, folder) => {
    const config = pretrainedConfig(run.model, describe(run));
    await saveModel(run.model, folder, { config });
    await writeConfig(config, folder);
  },
};

/** The config beside a model file that takes pixels as they are. */
const writeConfig = (config: PretrainedConfig, folder: string): Promise<void> =>
  writeAtomically(join(folder, "config.json"), (file) => file.writeFile(configText(rawPixels(config))));

/** The files' config, from the run's own and the notes of its weights. */
const describe = ({ config, metadata }: TrainedRun): ConfigOptions =>
  exportOptions(config, metadata.testAccuracy === undefined ? undefined : Number(metadata.testAccuracy));

const sizes = async (folder: string): Promise<{ file: string; bytes: number }[]> => {
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (file) => ({ file, bytes: (await stat(join(folder, file))).size })));
};
