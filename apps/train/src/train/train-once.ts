// The steps of `train` in order: engine, model, data, first lines, training, last lines. Several processes run them together: process 0 writes the
// run's folder and prints, the others only compute.
import { basename, join } from "node:path";
import {
  asTyped,
  changeWords,
  defaultRunName,
  ElsewhereError,
  Interrupted,
  type Interruption,
  runsFolder,
  type Terminal,
} from "@mlpconv/cli-kit";
import { type AnySplit, type Dataset, type DatasetList, loader } from "@mlpconv/datasets";
import { summary as costsOf } from "@mlpconv/models";
import { MpiError } from "@mlpconv/mpi";
import type { RunData, Summary, TrainedConfig } from "@mlpconv/runs";
import { type OpenRun, readPictures, runData, writePictures } from "@mlpconv/runs/node";
import { loaderOptions } from "@mlpconv/runs/recipe";
import { useEngine } from "@mlpconv/tensor";
import { buildModel } from "./build-model.js";
import { dataFromFirst, dataOfEach } from "./data-from-first.js";
import { secondsPerPass } from "./estimate.js";
import { deviceWords, planLines } from "./first-lines.js";
import { imageSource } from "./image-source.js";
import { initFrom } from "./init-from.js";
import { d2lLines, nextLine, stoppedLines, summaryLines } from "./last-lines.js";
import { checkRunIsNew, keptElsewhere, openRun, withTensorBoard } from "./open-run.js";
import type { TrainRequest } from "./options.js";
import { partsOf } from "./parts-of.js";
import { processesFor, processLines } from "./process-lines.js";
import type { Processes } from "./processes.js";
import { checkResumed, finishedSummary, type Reopened, recordChanges, reopen } from "./resume.js";
import { runTraining } from "./run-training.js";
import { checkShards, fitEpochs, fitLimit, resolveSettings } from "./settings.js";

export interface TrainTools {
  terminal: Terminal;
  interruption: Interruption;
  /** The known data sets; a new run uses the first one unless it asks for another. */
  known: DatasetList;
  processes: Processes;
}

/** @throws Interrupted when a signal ended the run, after its progress is saved */
export const trainOnce = async (request: TrainRequest, tools: TrainTools): Promise<void> => {
  const { terminal, processes } = tools;
  const { data: _, ...alike } = request;
  await processes.same("the command line", alike);
  const before = await processes.fromFirst(() => finishedSummary(request));
  if (before) return processes.rank === 0 ? printFinished(before, request, terminal) : undefined;
  const reopened = await processes.agreed(async () => {
    if (processes.rank > 0) return undefined;
    const found = request.resume || request.autoResume ? await reopen(request, terminal) : undefined;
    if (!found && request.run !== undefined) await checkRunIsNew(request.run);
    return found;
  });
  try {
    await trainRun(request, reopened, tools);
  } finally {
    await reopened?.run.close();
  }
};

/** Reports that the run was already completed by an earlier start of the same command. */
const printFinished = (summary: Summary, { run, json }: TrainRequest, terminal: Terminal): void => {
  const { testAccuracy, stopped } = summary;
  const accuracy = testAccuracy === null ? "" : `, test accuracy ${testAccuracy.toFixed(3)}`;
  const why = stopped === undefined ? "" : `, stopped early after epoch ${summary.epochs}: ${stopped}`;
  terminal.say(`finished already: ${join(runsFolder, run!)}${accuracy}${why}`);
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
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
  const source = await orStop(imageSource(request, resumed?.config, { known, processes, terminal, signal }));
  const engine = await orStop(
    processes.firstOnMachine(() => {
      const { engine, precision } = resumed?.config ?? request;
      return useEngine(engine, { precision });
    }),
  );
  const wanted = await agreed(() => {
    const { size } = processes;
    const settled =
      resumed?.config ?? resolveSettings(request, { gpu: engine.gpu, dataset: source, processes: size });
    checkShards(settled, size);
    return settled;
  });
  const model = await agreed(() => buildModel(wanted, resumed?.config.data ?? source));
  // A checkpoint has weights of its own.
  const { initFrom: before } = resumed?.position ? {} : wanted;
  // Process 0 reads them and sends them to the others before training, so that they may be on its machine alone.
  const { classes } = resumed?.config.data ?? source;
  const startLines = await processes.fromFirst(() =>
    before === undefined ? [] : initFrom(model, before, { ...wanted, classes }),
  );

  const load = () => source.load(wanted);
  const data = await orStop((request.dataFromRank0 ? dataFromFirst : dataOfEach)(processes, load));
  const { settings, splits } = await agreed(() => {
    const splits = partsOf(wanted, data);
    const toLearn = { ...data, train: splits.train };
    const limited = fitLimit(wanted, request, toLearn);
    // A run that goes on keeps its epochs.
    return { splits, settings: resumed ? limited : fitEpochs(limited, request, toLearn) };
  });
  const config: TrainedConfig = {
    ...settings,
    engine: engine.name,
    device: engine.device,
    data: runData(data),
    node: process.version,
  };
  await agreed(() => resumed && checkResumed(resumed.config, config, terminal));
  const { device: _, node: __, ...alike } = config;
  await processes.same("settings and data", { ...alike, data: withoutPath(config.data) });
  // A resumed run uses the mean and standard deviation with which it began.
  const { data: facts } = resumed?.config ?? config;
  const options = loaderOptions(settings, facts);
  const loaders = {
    train: loader(splits.train, options.train),
    test: loader(splits.test, options.test),
    ...(splits.validation && { validation: loader(splits.validation, options.test) }),
  };
  const perPass = await orStop(secondsPerPass(model));

  const run = await agreed(async () => {
    if (processes.rank > 0) return keptElsewhere;
    const opened = reopened?.run ?? (await beginRun(request, config, terminal));
    await recordPictures(opened, data);
    return request.tensorboard ? await withTensorBoard(opened) : opened;
  });
  const plan = {
    settings,
    engine,
    parameters: costsOf(model).parameters,
    dataset: data.name,
    source: data.source,
  };
  const { folder } = run;
  const name = await processes.fromFirst(() => basename(folder));
  const resuming = request.autoResume ? "the same command" : asTyped(`train --run ${name} --resume`);
  const lines = planLines({
    ...plan,
    epochsByPictures: settings.epochs !== wanted.epochs,
    available: splits.train.shape[0],
    loaders,
    secondsPerPass: perPass / processes.size,
    folder,
  });
  const [first, ...others] = lines;
  others.unshift(...startLines);
  if (reopened && reopened.changes.length > 0) others.unshift(changeLine(reopened));
  if (processes.size > 1)
    others.push(`if one process is lost, all end; then: ${resuming}, on ${processesFor(settings.shards)}`);
  for (const line of [first!, ...(await processLines(processes, engine)), ...others]) terminal.say(line);
  if (request.tensorboard) terminal.say(`curves   tensorboard --logdir ${runsFolder}`);

  const summary = await closeAfter(run, { terminal, resuming }, () =>
    runTraining({
      settings,
      engine,
      data: facts,
      model,
      loaders,
      run,
      resumed: reopened?.run,
      recordChanges:
        reopened && reopened.changes.length > 0 ? (state) => recordChanges(reopened, state) : undefined,
      processes,
      position: resumed?.position,
      saveEvery: request.saveEvery,
      untilEpoch: request.untilEpoch,
      terminal,
      signal,
    }),
  );
  // A signal to any process has stopped all of them.
  const signalled = Math.max(...(await processes.gathered(exitCode() ?? 0)));
  const paused = request.untilEpoch !== undefined && summary?.interrupted === true && signalled === 0;
  const code = signalled || 130;
  if (!summary)
    throw processes.known(new Interrupted(code, "interrupted before the first step; nothing was learned"));
  if (processes.rank > 0) {
    if (summary.interrupted && !paused) throw processes.known(new ElsewhereError(undefined, code));
    return;
  }
  const words = settings.preset === "d2l" && !summary.interrupted ? d2lLines : summaryLines;
  terminal.say("");
  const again = { of: settings.epochs, resuming: asTyped(`train --run ${name} --resume`) };
  for (const line of stoppedLines(summary, again)) terminal.say(line);
  if (paused)
    terminal.say(`stopped after epoch ${summary.epochs} of ${settings.epochs}; to train it on: ${resuming}`);
  for (const line of words(summary, deviceWords(engine))) terminal.say(line);
  // On stderr, because the last two lines of stdout are those of the book, or the JSON.
  if (!summary.interrupted) process.stderr.write(`${nextLine(name)}\n`);
  if (request.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  if (summary.interrupted && !paused)
    throw processes.known(
      new Interrupted(
        code,
        request.autoResume ? "interrupted; the same command goes on" : `interrupted; go on with: ${resuming}`,
      ),
    );
};

/** Says what a run that goes on changes. */
const changeLine = ({ changes, run: { checkpoint } }: Reopened): string =>
  `changed  ${changeWords(changes)}${checkpoint ? ": from here on it is no longer what one uninterrupted run would be" : ""}`;

/** Each process may have the pictures in a place of its own. */
const withoutPath = ({ folder, ...data }: RunData): object => ({
  ...data,
  ...(folder && { folder: { ...folder, path: undefined } }),
});

/** Records the pictures of a folder, also for a run that an earlier version began. */
const recordPictures = async (run: OpenRun, { pictures }: Dataset<AnySplit>): Promise<void> => {
  if (!pictures || (await readPictures(run.folder).catch(() => undefined))) return;
  try {
    await writePictures(run.folder, pictures);
  } catch (error) {
    await run.close();
    throw error;
  }
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

/** After a failure, says where the run's events are and, unless training itself failed, how to resume. */
const closeAfter = async (
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
