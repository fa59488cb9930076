// How long a net's run would take: its training is begun in a folder that is thrown away, and stopped after a few steps.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { runsFolder } from "@mlpconv/cli-kit";
import type { ModelName } from "@mlpconv/models";
import { followLog, readRunWithoutLog } from "@mlpconv/runs/node";
import type { StartEvent, StepEvent } from "@mlpconv/trainer";
import type { Cost } from "./budget.js";
import { startChild } from "./child-process.js";
import type { CompareRequest } from "./options.js";
import { plannedRuns, trainArguments } from "./planned-run.js";

const fewSteps = 8;
const longEnough = 20;

/** @throws Error with the program's last words when it ends before a step; the signal's reason when that is aborted */
export const measureCost = async (
  request: CompareRequest,
  model: ModelName,
  train: string,
  signal: AbortSignal,
): Promise<Cost> => {
  const [planned] = plannedRuns({ ...request, models: [model] }, 1);
  const name = `${request.name}-${model}-measure`;
  const folder = join(runsFolder, name);
  // What an earlier measurement left that was cut short.
  await rm(folder, { recursive: true, force: true });
  const began = performance.now();
  const child = startChild(train, trainArguments({ ...planned!, name, folder }, request));
  try {
    const events = followLog(join(folder, "events.jsonl"));
    let ended = false;
    child.ended.then(() => {
      ended = true;
    });
    const steps: StepEvent[] = [];
    let start: StartEvent | undefined;
    let startSeconds: number | undefined;
    while (!ended && steps.length < fewSteps) {
      await wait(100);
      signal.throwIfAborted();
      for (const event of await events())
        if (event.type === "step") steps.push(event);
        else if (event.type === "start") start = event;
      const seconds = (performance.now() - began) / 1000;
      if (steps.length > 0) startSeconds ??= seconds;
      // Two steps at least: the first of them also compiles.
      if (startSeconds !== undefined && seconds - startSeconds > longEnough && steps.length > 1) break;
    }
    child.stop();
    const { lastWords } = await child.ended;
    const last = steps.at(-1);
    if (!last || !start || startSeconds === undefined)
      throw new Error(`compare: measuring ${model} failed: ${lastWords}`);
    const { config } = await readRunWithoutLog(folder);
    return {
      model,
      epochs: start.epochs,
      examples: start.examples,
      batchSize: Number(config.batchSize),
      startSeconds,
      secondsPerImage: 1 / last.examplesPerSecond,
      testImages: config.data.examples!.test,
    };
  } finally {
    child.stop();
    await child.ended;
    await rm(folder, { recursive: true, force: true });
  }
};
