// `pnpm bench curves`: figures of runs on a GPU from their logs, which `bench gpu` leaves in recipe-runs.tgz.
import { writeFile } from "node:fs/promises";
import { overlaidCurves, trainingCurves } from "@mlpconv/report";
import { toPng } from "@mlpconv/report/node";
import { readRun } from "@mlpconv/runs/node";

/**
 * Writes <to>-losses.png, the loss of all runs in training, and <to>-curves.png, the last of them as the chapter draws it.
 *
 * @param folders of runs, at least one
 */
export const drawCurves = async (folders: readonly string[], to: string): Promise<void> => {
  const runs = await Promise.all(folders.map((folder) => readRun(folder)));
  await writeFile(`${to}-losses.png`, await toPng(overlaidCurves(runs, "loss"), { scale: 2 }));
  await writeFile(`${to}-curves.png`, await toPng(trainingCurves(runs.at(-1)!), { scale: 2 }));
};
