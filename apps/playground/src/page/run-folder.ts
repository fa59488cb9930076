// The folder of a run: opened by the reader, or shown by the program that serves the page; followed while the run is trained.
import { curvesOf } from "@mlpconv/report";
import { parseConfig, parseEvents, type RunConfig } from "@mlpconv/runs";
import type { LoggedEvent } from "@mlpconv/trainer";
import type { ServedEvents, ServedRun } from "../server/served.js";
import type { Curve } from "./store/live-curve.js";

/** A run folder. Each call reads a file as it is now. */
export interface RunFolder {
  name: string;
  /** Text of config.json; undefined if there is none. */
  config(): Promise<string | undefined>;
  events(): Promise<readonly LoggedEvent[]>;
  hasWeights(): Promise<boolean>;
  /** The last weights; undefined if there are none. */
  weights(): Promise<Blob | undefined>;
  /** Whether files that grow are seen to grow. */
  live: boolean;
}

/** A run as the page shows it. */
export interface OpenRun {
  name: string;
  config: RunConfig;
  curve: Curve;
  /** Epochs that the run was planned for. */
  epochs: number;
  steps: number;
  hasWeights: boolean;
}

/** The largest file of text that is read, in bytes. */
const mostText = 200e6;

const textOf = async (file: File): Promise<string> => {
  if (file.size > mostText)
    throw new Error(
      `run: expected ${file.name} of up to ${mostText / 1e6} MB, got ${Math.round(file.size / 1e6)} MB; open it with mlpconv report`,
    );
  return file.text();
};

const folderOf = (
  name: string,
  read: (name: string) => Promise<File | undefined>,
  live: boolean,
): RunFolder => ({
  name,
  config: async () => {
    const file = await read("config.json");
    return file && textOf(file);
  },
  events: async () => {
    const file = await read("events.jsonl");
    return file ? parseEvents(await textOf(file), "events.jsonl") : [];
  },
  hasWeights: async () => (await read("last.safetensors")) !== undefined,
  weights: () => read("last.safetensors"),
  live,
});

/** A folder from files that were chosen or dropped. Their contents are those of the moment. */
export const folderOfFiles = (files: readonly File[], name?: string): RunFolder => {
  const byName = new Map(files.map((file) => [file.name, file]));
  const path = files[0]?.webkitRelativePath ?? "";
  return folderOf(name ?? (path.split("/")[0] || "run"), async (file) => byName.get(file), false);
};

/** The part of the File System Access API that is used, which TypeScript's DOM has not in full. */
interface DirectoryHandle {
  kind: "directory";
  name: string;
  getFileHandle(name: string): Promise<{ getFile(): Promise<File> }>;
}

/** A folder that stays open, where the browser has that. */
const folderOfHandle = (handle: DirectoryHandle): RunFolder =>
  folderOf(
    handle.name,
    async (name) => {
      try {
        return await (await handle.getFileHandle(name)).getFile();
      } catch {
        return undefined;
      }
    },
    true,
  );

/** Files in a folder that was dropped, one level deep. */
const filesOfEntry = (entry: FileSystemDirectoryEntry): Promise<File[]> =>
  new Promise((resolve, reject) => {
    entry.createReader().readEntries((entries) => {
      const files = entries.flatMap((one) =>
        one.isFile ? [new Promise<File>((done, fail) => (one as FileSystemFileEntry).file(done, fail))] : [],
      );
      Promise.all(files).then(resolve, reject);
    }, reject);
  });

/** The folder that was dropped: one that stays open where the browser has that, else its files, else the files that were dropped themselves. */
export const folderOfDrop = async (
  files: readonly File[],
  items: DataTransferItemList | undefined,
): Promise<RunFolder> => {
  const [first] = items ?? [];
  const entry = first?.webkitGetAsEntry?.();
  if (!entry?.isDirectory) return folderOfFiles(files);
  const open = (first as { getAsFileSystemHandle?: () => Promise<unknown> }).getAsFileSystemHandle;
  const handle = open && ((await open.call(first)) as DirectoryHandle | { kind: "file" } | null);
  if (handle?.kind === "directory") return folderOfHandle(handle);
  return folderOfFiles(await filesOfEntry(entry as FileSystemDirectoryEntry), entry.name);
};

/**
 * The run that the program shows; undefined where it shows none, or static files are served.
 *
 * @param base address of `run/` beside the page
 */
export const servedFolder = async (base: string): Promise<RunFolder | undefined> => {
  const ask = (path: string) => fetch(new URL(path, base));
  const asked = async (path: string): Promise<unknown> => {
    const answer = await ask(path);
    if (answer.ok) return answer.json();
    const { error } = (await answer.json()) as { error?: string };
    throw new Error(error ?? `run: expected ${path}, got status ${answer.status}; reload the page`);
  };
  const first = await ask("run.json").catch(() => undefined);
  if (!first?.ok || !first.headers.get("Content-Type")?.includes("json")) return undefined;
  const shown = (await first.json()) as ServedRun | null;
  if (!shown) return undefined;
  let [log, events] = [0, [] as LoggedEvent[]];
  return {
    name: shown.name,
    config: async () => {
      const answer = await ask("config.json");
      return answer.ok ? answer.text() : undefined;
    },
    events: async () => {
      const found = (await asked(`events.json?log=${log}&from=${events.length}`)) as ServedEvents;
      events = [...events.slice(0, found.from), ...found.events];
      log = found.log;
      return events;
    },
    hasWeights: async () => ((await asked("run.json")) as ServedRun).weights.includes("last"),
    weights: async () => {
      const answer = await ask("last.safetensors");
      return answer.ok ? answer.blob() : undefined;
    },
    live: true,
  };
};

/**
 * Reads a run as far as it is.
 *
 * @returns undefined when there is no config.json
 * @throws RunFileError naming the file and the field that is invalid
 */
export const readRunFolder = async (folder: RunFolder): Promise<OpenRun | undefined> => {
  const text = await folder.config();
  if (text === undefined) return undefined;
  const config = parseConfig(text, "config.json");
  const list = await folder.events();
  const { epochs, points, tests } = curvesOf(list, config.batchSize);
  const step = list.findLast((event) => event.type === "step");
  return {
    name: folder.name,
    config,
    curve: {
      points: points.map(({ x, loss, trainAccuracy }) => ({ x, loss, accuracy: trainAccuracy })),
      tests,
    },
    epochs: Math.max(1, epochs),
    steps: step?.type === "step" ? step.step : 0,
    hasWeights: await folder.hasWeights(),
  };
};
