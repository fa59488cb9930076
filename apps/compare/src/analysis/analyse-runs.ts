// What only trained nets can tell, for those runs that do not have it yet: the data are found and the engine starts once, if at all.

import { count, findDataOfRun, type RecipeRequest, type Terminal } from "@mlpconv/cli-kit";
import type { Dataset, DatasetList } from "@mlpconv/datasets";
import { type FoundRun, loadRun } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { checkData, hasInsights, writeInsights } from "./write-analysis.js";

/** @throws DifferentDataError when a run learned from other data than those found; RunFolderError when its weights are broken */
export const tellInsights = async (
  runs: readonly FoundRun[],
  { engine, data }: Pick<RecipeRequest, "engine" | "data">,
  { terminal, known }: { terminal: Terminal; known: DatasetList },
): Promise<void> => {
  let prepared: { engine: string; data: Dataset } | undefined;
  for (const found of runs) {
    if (await hasInsights(found)) continue;
    prepared ??= {
      engine: (await useEngine(engine)).name,
      data: await findDataOfRun(found.config.data, known, data, terminal),
    };
    await checkData(found, prepared.data);
    terminal.live(() => `looking at ${found.name}`);
    const run = await loadRun(found);
    const told = await writeInsights(run, prepared.data, {
      engine: prepared.engine,
      onBatch: (done) => terminal.live(() => `${run.name}: ${count(done)} test images`),
    });
    run.model.dispose();
    terminal.say(told);
  }
};
