// A run's folder, also while `train` writes it: the files that are replaced as a whole, and the events logged so far.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { parseSummary, weightsNames } from "@mlpconv/runs";
import { followLog } from "@mlpconv/runs/node";
import type { LoggedEvent } from "@mlpconv/trainer";
import { openFile, readText } from "@mlpconv/weights/node";
import { json, NotThere, type Reply, type Route, type Routes } from "./reply.js";
import type { ServedEvents, ServedRun } from "./served.js";

/** Routes where no run is shown. */
export const noRun: Routes = new Map([["run/run.json", async () => json(null)]]);

/**
 * Only these files are served; train writes each under another name and renames it, so none is ever half-written.
 *
 * @param folder of the run
 */
export const runRoutes = (name: string, folder: string): Routes => {
  const path = (file: string) => join(folder, file);
  const events = openLog(path("events.jsonl"));
  return new Map<string, Route>([
    ["run/run.json", async () => json(await describe(name, path))],
    [
      "run/config.json",
      async () => ({ type: "application/json; charset=utf-8", body: await textOf(path("config.json")) }),
    ],
    ["run/events.json", async (query) => json(await events(query.get("log"), query.get("from")))],
    ...weightsNames.map((each) => {
      const file = `${each}.safetensors`;
      return [`run/${file}`, () => weights(path(file))] as const;
    }),
  ]);
};

type PathOf = (file: string) => string;

const describe = async (name: string, path: PathOf): Promise<ServedRun> => {
  const weights: ServedRun["weights"][number][] = [];
  for (const each of weightsNames) if (await exists(path(`${each}.safetensors`))) weights.push(each);
  const summary = await textOf(path("summary.json")).catch((error: unknown) => {
    if (error instanceof NotThere) return undefined;
    throw error;
  });
  const finished = summary !== undefined && !parseSummary(summary, path("summary.json")).interrupted;
  return { name, weights, finished };
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** @throws NotThere when there is no such file */
const ifThere = async <T>(path: string, read: Promise<T>): Promise<T> => {
  try {
    return await read;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    throw new NotThere(`playground: expected ${path}, got no such file; train has not written it yet`);
  }
};

const textOf = (path: string): Promise<string> => ifThere(path, readText(path));

const weights = async (path: string): Promise<Reply> => {
  const file = await ifThere(path, openFile(path));
  // The file that is open stays whole when train replaces it.
  const { size, ino, mtimeMs } = await file.stat();
  return {
    type: "application/octet-stream",
    length: size,
    etag: `"${ino.toString(36)}-${Math.round(mtimeMs).toString(36)}-${size.toString(36)}"`,
    body: file.createReadStream({ autoClose: false }),
    close: () => file.close(),
  };
};

/** Collects the events of a log for all pages that show it. */
const openLog = (path: string) => {
  let more = followLog(path);
  let events: LoggedEvent[] = [];
  let log = 1;
  const update = async () => {
    const added = await more().catch((error: unknown) => {
      // The reader is past the damaged line now; a new one finds it again, or the log as it was repaired.
      more = followLog(path);
      throw error;
    });
    // A log that was cut is given again from its beginning.
    if (added[0]?.type === "start" && events.length > 0) {
      events = [];
      log++;
    }
    for (const event of added) events.push(event);
  };
  // One after the other: two readers at once would read the same lines twice.
  let last: Promise<void> = Promise.resolve();
  return async (askedLog: string | null, askedFrom: string | null): Promise<ServedEvents> => {
    last = last.then(update, update);
    await last;
    const asked = /^\d+$/.test(askedFrom ?? "") ? Number(askedFrom) : 0;
    const from = askedLog === String(log) && asked <= events.length ? asked : 0;
    return { log, from, events: events.slice(from), next: events.length };
  };
};
