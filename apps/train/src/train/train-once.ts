// What `train` does, in order: engine, net, data, plan, training, closing words. Several processes do it together: process 0 has the run's
// folder and the words, the others compute.
import { basename } from "node:path";
import {
  asTyped,
  defaultRunName,
  ElsewhereError,
  findData,
  Interrupted,
  type Interruption,
  runsFolder,
  type Terminal,
} from "@mlpconv/cli-kit";
import { type DatasetList, datasetNamed, loader } from "@mlpconv/datasets";
import { MpiError } from "@mlpconv/mpi";
import type { Summary, TrainedConfig } from "@mlpconv/runs";
import { type OpenRun, runData } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { buildModel } from "./build-model.js";
import { dataFromFirst, dataOfEach } from "./data-from-first.js";
import { secondsPerPass } from "./estimate.js";
import { deviceWords, planLines } from "./first-lines.js";
import { closingLines, d2lLines, nextLine } from "./last-lines.js";
import { checkRunIsNew, keptElsewhere, openRun, withTensorBoard } from "./open-run.js";
import type { TrainRequest } from "./options.js";
import { processLines } from "./process-lines.js";
import type { Processes } from "./processes.js";
import { checkResumed, type Reopened, reopen } from "./resume.js";
import { runTraining } from "./run-training.js";
import { checkShards, fitLimit, loaderOptions, settle } from "./settings.js";

export interface TrainTools {
  terminal: Terminal;
  interruption: Interruption;
  /** The data sets that there are; a new run is trained on the first. */
  known: DatasetList;
  processes: Processes;
}

/** @throws Interrupted when a signal ended the run, after what it learned is saved */
export const trainOnce = async (request: TrainRequest, tools: TrainTools): Promise<void> => {
  const { terminal, processes } = tools;
  const { data: _, ...alike } = request;
  await processes.same("the command line", alike);
  const reopened = await processes.agreed(async () => {
    if (processes.rank > 0) return undefined;
    if (request.resume) return reopen(request, terminal);
    if (request.run !== undefined) await checkRunIsNew(request.run);
    return undefined;
  });
  try {
    await trainRun(request, reopened, tools);
  } finally {
    await reopened?.run.close();
  }
};

const trainRun = async (
  request: TrainRequest,
  reopened: Reopened | undefined,
  { terminal, interruption, known, processes }: TrainTools,
): Promise<void> => {
  const { signal, exitCode, orStop } = interruption;
  const { agreed } = processes;
  const resumed = await processes.fromFirst(
    () => reopened && { config: reopened.config, position: reopened.run.checkpoint?.position },
  );
  const descriptor = resumed ? datasetNamed(resumed.config.data.name, known) : known[0];
  const engine = await orStop(agreed(() => useEngine(resumed?.config.engine ?? request.engine)));
  const wanted = await agreed(() => {
    const { size } = processes;
    const settled =
      resumed?.config ?? settle(request, { gpu: engine.gpu, dataset: descriptor, processes: size });
    checkShards(settled, size);
    return settled;
  });
  const model = await agreed(() => buildModel(wanted, resumed?.config.data ?? descriptor));

  const load = () => findData(descriptor, request.data, terminal, signal);
  const data = await orStop((request.dataFromRank0 ? dataFromFirst : dataOfEach)(processes, load));
  const settings = await agreed(() => fitLimit(wanted, request, data));
  const config: TrainedConfig = {
    ...settings,
    engine: engine.name,
    device: engine.device,
    data: runData(data),
    node: process.version,
  };
  await agreed(() => resumed && checkResumed(resumed.config, config, terminal));
  const { device: _, node: __, ...alike } = config;
  await processes.same("settings and data", alike);
  // A run goes on with the mean and standard deviation that it began with.
  const { data: facts } = resumed?.config ?? config;
  const options = loaderOptions(settings, facts);
  const loaders = { train: loader(data.train, options.train), test: loader(data.test, options.test) };
  const perPass = await orStop(secondsPerPass(model));

  const run = await agreed(async () => {
    if (processes.rank > 0) return keptElsewhere;
    const opened =
      reopened?.run ?? (await openRun(request.run, defaultRunName(settings.model, settings.preset), config));
    return request.tensorboard ? await withTensorBoard(opened) : opened;
  });
  const plan = {
    settings,
    engine,
    parameters: model.countParams(),
    dataset: data.name,
    source: data.source,
  };
  const { folder } = run;
  const name = await processes.fromFirst(() => basename(folder));
  const resuming = asTyped(`train --run ${name} --resume`);
  const lines = planLines({
    ...plan,
    available: data.train.shape[0],
    loaders,
    secondsPerPass: perPass / processes.size,
    folder,
  });
  const [first, ...others] = lines;
  if (processes.size > 1)
    others.push(`if one process is lost, all end; then: ${resuming}, on 1 to ${settings.shards} processes`);
  for (const line of [first!, ...(await processLines(processes, engine)), ...others]) terminal.say(line);
  if (request.tensorboard) terminal.say(`curves   tensorboard --logdir ${runsFolder}`);

  const summary = await closing(run, { terminal, resuming }, () =>
    runTraining({
      settings,
      engine,
      data: facts,
      model,
      loaders,
      run,
      resumed: reopened?.run,
      processes,
      position: resumed?.position,
      saveEvery: request.saveEvery,
      terminal,
      signal,
    }),
  );
  // A signal that came to any process stopped all.
  const code = Math.max(...(await processes.gathered(exitCode() ?? 0))) || 130;
  if (!summary)
    throw processes.known(new Interrupted(code, "interrupted before the first step; nothing was learned"));
  if (processes.rank > 0) {
    if (summary.interrupted) throw processes.known(new ElsewhereError(undefined, code));
    return;
  }
  const words = settings.preset === "d2l" && !summary.interrupted ? d2lLines : closingLines;
  terminal.say("");
  for (const line of words(summary, deviceWords(engine))) terminal.say(line);
  // On stderr: the last two lines of stdout are the book's, or the figures.
  if (!summary.interrupted) process.stderr.write(`${nextLine(name)}\n`);
  if (request.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  if (summary.interrupted)
    throw processes.known(new Interrupted(code, `interrupted; go on with: ${resuming}`));
};

/** A run that fails leaves its events; say where, and where it was not the run's own fault, how to go on. */
const closing = async (
  run: OpenRun,
  { terminal, resuming }: { terminal: Terminal; resuming: string },
  body: () => Promise<Summary | undefined>,
): Promise<Summary | undefined> => {
  try {
    return await body();
  } catch (error) {
    if (error instanceof MpiError) error.message += `; the run goes on with: ${resuming}`;
    terminal.say(`the run up to here is in ${run.folder}`);
    throw error;
  } finally {
    await run.close();
  }
};
