// One run of a comparison as a child process: trained or gone on with, watched, its speed of inference measured.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { followLog } from "@mlpconv/runs/node";
import { type Child, type Ended, startChild } from "./child-process.js";
import type { CompareTools } from "./compare-tools.js";
import { advance, type RunProgress } from "./live-table.js";
import type { CompareRequest } from "./options.js";
import { type FolderState, type PlannedRun, trainArguments } from "./planned-run.js";

export interface Watching extends CompareTools {
  /** What is shown of this run. */
  shown: RunProgress;
  /** Draws all. */
  live(): void;
}

/**
 * @param untilEpoch the epoch after which the run is left, to go on later: its speed is not measured then. Undefined: it is trained to its end.
 * @returns why it failed; undefined when it did not
 */
export const runChild = async (
  run: PlannedRun,
  state: FolderState,
  request: CompareRequest,
  watching: Watching,
  untilEpoch?: number,
): Promise<string | undefined> => {
  const { shown, train } = watching;
  const next = followLog(join(run.folder, "events.jsonl"));
  const watch = async () => advance(shown, await next());
  if (state !== "finished") {
    shown.state = "running";
    const until = untilEpoch === undefined ? [] : ["--until-epoch", String(untilEpoch)];
    const child = startChild(train, [...trainArguments(run, request), ...until]);
    const reason = whyItFailed(await follow(child, watch, watching));
    if (reason !== undefined) return reason;
  }
  await watch();
  if (untilEpoch !== undefined) return undefined;
  // It does not depend on the seed.
  if (run.seed > 0 || (await exists(join(run.folder, "evaluation.json")))) return undefined;
  shown.state = "testing speed";
  const data = request.data === undefined ? [] : ["--data", request.data];
  const child = startChild(train, ["evaluate", "--run", run.name, "--engine", request.engine, ...data]);
  return whyItFailed(await follow(child, watch, watching));
};

// Often enough for the eye, seldom enough to leave the processor to the run.
const pollEvery = 250;

/** Waits for its end; Ctrl-C is handed on once. */
const follow = async (
  child: Child,
  watch: () => Promise<void>,
  { shown, live, interruption: { signal } }: Watching,
): Promise<Ended> => {
  const stop = () => child.stop();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const began = performance.now();
  let ended: Ended | undefined;
  child.ended.then((how) => {
    ended = how;
  });
  try {
    while (!ended) {
      await Promise.race([child.ended, wait(pollEvery)]);
      await watch();
      if (shown.state === "running") shown.seconds = (performance.now() - began) / 1000;
      live();
    }
    return ended;
  } finally {
    signal.removeEventListener("abort", stop);
  }
};

const whyItFailed = ({ code, signal, lastWords }: Ended): string | undefined => {
  if (code === 0) return undefined;
  if (signal === "SIGKILL") return "ended by SIGKILL: by someone, or by the system for want of memory";
  if (signal !== null) return `ended by ${signal}`;
  return lastWords || `exit code ${code}`;
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
