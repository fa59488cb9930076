// What `train` does, in order: engine, net, data, plan, training, closing words.
import { basename, join } from "node:path";
import {
  asTyped,
  defaultRunName,
  findData,
  Interrupted,
  type Interruption,
  runsFolder,
  type Terminal,
} from "@mlpconv/cli-kit";
import { type DatasetList, datasetNamed, loader } from "@mlpconv/datasets";
import type { Summary, TrainedConfig } from "@mlpconv/runs";
import { type OpenRun, runData } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { buildModel } from "./build-model.js";
import { secondsPerPass } from "./estimate.js";
import { deviceWords, planLines } from "./first-lines.js";
import { closingLines, d2lLines, nextLine } from "./last-lines.js";
import { checkRunIsNew, openRun, withTensorBoard } from "./open-run.js";
import type { TrainRequest } from "./options.js";
import { checkResumed, finishedSummary, type Reopened, reopen } from "./resume.js";
import { runTraining } from "./run-training.js";
import { fitLimit, loaderOptions, settle } from "./settings.js";

export interface TrainTools {
  terminal: Terminal;
  interruption: Interruption;
  /** The data sets that there are; a new run is trained on the first. */
  known: DatasetList;
}

/** @throws Interrupted when a signal ended the run, after what it learned is saved */
export const trainOnce = async (request: TrainRequest, tools: TrainTools): Promise<void> => {
  const { terminal } = tools;
  const before = await finishedSummary(request);
  if (before) return sayFinished(before, request, terminal);
  const resumed = request.resume || request.autoResume ? await reopen(request, terminal) : undefined;
  if (!resumed && request.run !== undefined) await checkRunIsNew(request.run);
  try {
    await trainRun(request, resumed, tools);
  } finally {
    await resumed?.run.close();
  }
};

/** The run was trained to its end by an earlier start of the same command. */
const sayFinished = (summary: Summary, { run, json }: TrainRequest, terminal: Terminal): void => {
  const { testAccuracy } = summary;
  const accuracy = testAccuracy === null ? "" : `, test accuracy ${testAccuracy.toFixed(3)}`;
  terminal.say(`finished already: ${join(runsFolder, run!)}${accuracy}`);
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
};

const trainRun = async (
  request: TrainRequest,
  resumed: Reopened | undefined,
  { terminal, interruption, known }: TrainTools,
): Promise<void> => {
  const { signal, exitCode, orStop } = interruption;
  const descriptor = resumed ? datasetNamed(resumed.config.data.name, known) : known[0];
  const engine = await orStop(useEngine(resumed?.config.engine ?? request.engine));
  const wanted = resumed?.config ?? settle(request, { gpu: engine.gpu, dataset: descriptor });
  const model = buildModel(wanted, resumed?.config.data ?? descriptor);

  const data = await orStop(findData(descriptor, request.data, terminal, signal));
  const settings = fitLimit(wanted, request, data);
  const config: TrainedConfig = {
    ...settings,
    engine: engine.name,
    device: engine.device,
    data: runData(data),
    node: process.version,
  };
  if (resumed) checkResumed(resumed.config, config, terminal);
  // A run goes on with the mean and standard deviation that it began with.
  const { data: facts } = resumed?.config ?? config;
  const options = loaderOptions(settings, facts);
  const loaders = { train: loader(data.train, options.train), test: loader(data.test, options.test) };
  const perPass = await orStop(secondsPerPass(model));

  const opened = resumed?.run ?? (await beginRun(request, config, terminal));
  const run = request.tensorboard ? await withTensorBoard(opened) : opened;
  const plan = {
    settings,
    engine,
    parameters: model.countParams(),
    dataset: data.name,
    source: data.source,
  };
  const { folder } = run;
  for (const line of planLines({
    ...plan,
    available: data.train.shape[0],
    loaders,
    secondsPerPass: perPass,
    folder,
  })) {
    terminal.say(line);
  }
  if (request.tensorboard) terminal.say(`curves   tensorboard --logdir ${runsFolder}`);

  const summary = await closing(run, terminal, () =>
    runTraining({
      settings,
      engine,
      data: facts,
      model,
      loaders,
      run,
      resumed: resumed?.run,
      saveEvery: request.saveEvery,
      terminal,
      signal,
    }),
  );
  const code = exitCode() ?? 130;
  if (!summary) throw new Interrupted(code, "interrupted before the first step; nothing was learned");
  const words = settings.preset === "d2l" && !summary.interrupted ? d2lLines : closingLines;
  terminal.say("");
  for (const line of words(summary, deviceWords(engine))) terminal.say(line);
  // On stderr: the last two lines of stdout are the book's, or the figures.
  if (!summary.interrupted) process.stderr.write(`${nextLine(basename(folder))}\n`);
  if (request.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  if (summary.interrupted)
    throw new Interrupted(
      code,
      request.autoResume
        ? "interrupted; the same command goes on"
        : `interrupted; go on with: ${asTyped(`train --run ${basename(folder)} --resume`)}`,
    );
};

const beginRun = (
  { run, autoResume = false, breakLock = false }: TrainRequest,
  config: TrainedConfig,
  terminal: Terminal,
): Promise<OpenRun> => {
  const warn = (message: string) => terminal.say(`warning: ${message}`);
  const fallback = defaultRunName(config.model, config.preset);
  return openRun(run, fallback, config, { autoResume, breakLock, warn });
};

/** A run that fails leaves its events; say where. */
const closing = async (
  run: OpenRun,
  terminal: Terminal,
  body: () => Promise<Summary | undefined>,
): Promise<Summary | undefined> => {
  try {
    return await body();
  } catch (error) {
    terminal.say(`the run up to here is in ${run.folder}`);
    throw error;
  } finally {
    await run.close();
  }
};
