// A data set from the network: one process at a time fills the cache, from the web or else through apt; without a cache, memory.
import { mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Form } from "../sets/data-set.js";
import { aptDownload } from "./apt.js";
import { type Lock, lockFolder } from "./cache.js";
import { download } from "./download.js";
import type { Failure, Places, Request } from "./places.js";
import { describeFolder, isComplete, readFolder } from "./read-folder.js";
import type { Contents } from "./verify-file.js";

interface Fetched {
  contents: Contents;
  failures: Failure[];
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** @throws `signal.reason` when aborted; everything else that goes wrong is in `failures` */
export const fetchData = async (request: Request, places: Places): Promise<Fetched> => {
  const { onEvent } = request;
  const { cache, set } = places;
  const [form] = set.forms;
  const { files } = form;
  const failures: Failure[] = [];
  const { lock, problem } = await lockCache(request, places);
  if (problem) failures.push({ place: cache ? `cache ${cache}` : "cache", reason: problem });
  const problems = problem ? [problem] : [];
  try {
    // Another process may have filled it while this one waited; files from a download that was cut short stay good.
    const contents: Contents = lock ? (await readFolder(cache!, [form])).contents : new Map();
    for (const stage of set.apt ? [fromWeb, fromApt] : [fromWeb]) {
      const lacking = files.filter(({ name }) => !contents.has(name));
      if (lacking.length === 0) break;
      const lost = lock?.signal;
      const folder = lock && !lost?.aborted ? cache : undefined;
      const fetched = await stage({
        lacking: { ...form, files: lacking },
        folder,
        lost,
        problems,
        request,
        places,
      });
      for (const [name, values] of fetched.contents) contents.set(name, values);
      failures.push(...fetched.failures);
    }
    if (problems.length > 0 && contents.size === files.length) {
      const message =
        `${set.info.name}: the cache${cache ? ` ${cache}` : ""} ${problems[0]}; the data is in memory only and will be fetched ` +
        "again next time. Fix: make it writable, or keep the files in a folder named in MLPCONV_DATA.";
      onEvent({ type: "warning", message });
    }
    return { contents, failures };
  } finally {
    await lock?.release();
  }
};

/** The lock on the cache, or why there is none. */
const lockCache = async (
  { signal, onEvent }: Request,
  { cache, limits }: Places,
): Promise<{ lock?: Lock; problem?: string }> => {
  if (!cache) return { problem: "has no place: this user has no home folder" };
  const patience = AbortSignal.timeout(limits.total);
  try {
    const onWait = () =>
      onEvent({ type: "progress", message: `waiting for another process that downloads into ${cache}` });
    return { lock: await lockFolder(cache, AbortSignal.any([signal, patience]), limits.stale, onWait) };
  } catch (error) {
    signal.throwIfAborted();
    const why = patience.aborted ? "another process has locked it for too long" : messageOf(error);
    return { problem: `cannot be written (${why})` };
  }
};

interface Order {
  /** The form that is fetched, with the files that are not there yet. */
  lacking: Form;
  /** Where to keep the files; undefined for memory only. */
  folder: string | undefined;
  /** Aborted when the lock on the folder is lost. */
  lost: AbortSignal | undefined;
  /** Filled with the reasons why files could not be kept. */
  problems: string[];
  request: Request;
  places: Places;
}

const fromWeb = async ({ lacking, folder, lost, problems, request, places }: Order): Promise<Fetched> => {
  const { signal, onEvent } = request;
  const { mirrors, limits } = places;
  const deadline = AbortSignal.timeout(limits.total);
  try {
    return await download(lacking, mirrors, {
      folder,
      limits,
      signal: AbortSignal.any([signal, deadline, ...(lost ? [lost] : [])]),
      onProgress: (message) => onEvent({ type: "progress", message }),
      onProblem: (why) => problems.push(`cannot be written (${why})`),
    });
  } catch (error) {
    signal.throwIfAborted();
    const reason = deadline.aborted
      ? `not finished within ${limits.total / 1000} s; what came is kept for the next start`
      : messageOf(error);
    return { contents: new Map(), failures: [{ place: "download", reason }] };
  }
};

const fromApt = async ({ lacking, folder, request, places }: Order): Promise<Fetched> => {
  const { signal, onEvent } = request;
  const { apt, limits, set } = places;
  const failed = (reason: string) => ({ contents: new Map(), failures: [{ place: "apt", reason }] });
  if (!apt) return failed("only on Linux");
  let home: string | undefined;
  try {
    if (folder) await removeLeftovers(folder);
    home = await mkdtemp(join(folder ?? tmpdir(), "apt-"));
    const unpacked = await aptDownload(home, {
      wanted: set.apt!,
      commands: apt,
      limit: limits.command,
      signal,
      onProgress: (message) => onEvent({ type: "progress", message }),
    });
    const found = await readFolder(unpacked, [lacking]);
    if (!isComplete(found)) return failed(describeFolder(found));
    if (folder) {
      for (const name of await readdir(unpacked)) await rename(join(unpacked, name), join(folder, name));
    }
    return { contents: found.contents, failures: [] };
  } catch (error) {
    signal.throwIfAborted();
    return failed(messageOf(error));
  } finally {
    if (home) await rm(home, { recursive: true, force: true }).catch(() => {});
  }
};

/** Removes what killed processes left: while the lock is held, no other process works here. */
const removeLeftovers = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (name.startsWith("apt-")) await rm(join(folder, name), { recursive: true, force: true });
  }
};
