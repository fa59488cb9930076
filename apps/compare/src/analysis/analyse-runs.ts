// What only trained nets can tell, for those runs that do not have it yet: the data are found and the engine starts once, if at all.

import { count, findDataOfRun, type RecipeRequest, type Terminal } from "@mlpconv/cli-kit";
import type { AnySplit, Dataset, DatasetList } from "@mlpconv/datasets";
import type { TrainedConfig } from "@mlpconv/runs";
import { type FoundRun, loadRun } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { analyseRun, checkData, hasAnalysis } from "./analyse-run.js";

/**
 * Analyses those runs that were not analysed since their weights were written.
 *
 * @param command the program that asks, for errors
 * @throws DifferentDataError when a run learned from other data than those found; RunFolderError when its weights are broken
 */
export const analyseRuns = async (
  command: string,
  runs: readonly FoundRun[],
  { engine, data }: Pick<RecipeRequest, "engine" | "data">,
  { terminal, known }: { terminal: Terminal; known: DatasetList },
): Promise<void> => {
  let engineName: string | undefined;
  let prepared: { of: TrainedConfig; data: Dataset<AnySplit> } | undefined;
  for (const found of runs) {
    if (await hasAnalysis(found)) continue;
    engineName ??= (await useEngine(engine)).name;
    // Nets are shown the pictures of a folder in different sizes.
    if (!prepared || `${prepared.of.data.shape}` !== `${found.config.data.shape}`)
      prepared = {
        of: found.config,
        data: await findDataOfRun(found.config, known, data, terminal, found.folder),
      };
    await checkData(found, prepared.data);
    terminal.live(() => `analysing ${found.name}`);
    const run = await loadRun(found);
    const told = await analyseRun(run, prepared.data, {
      where: command,
      engine: engineName,
      onBatch: (done) => terminal.live(() => `${run.name}: ${count(done)} test images`),
    });
    run.model.dispose();
    terminal.say(told);
  }
};
