// Counts the dead channels of a trial's run.
import { findRun } from "@mlpconv/cli-kit";
import { type Dataset, loader, testOptions } from "@mlpconv/datasets";
import { loadRun } from "@mlpconv/runs/node";
import { type DeadChannels, deadChannels } from "./dead-channels.js";

/** Number of images for which a channel must be zero to be called dead. */
const seenImages = 2000;

/** @param name of a run in the working directory's folder of runs */
export const countDead = async (name: string, data: Dataset): Promise<DeadChannels> => {
  const { model, config } = await loadRun(await findRun("bench", name, "last"));
  const dead = await deadChannels(model, loader(data.test, { ...testOptions(config), limit: seenImages }));
  model.dispose();
  return dead;
};
