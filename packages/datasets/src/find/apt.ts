// Debian's and Ubuntu's package archive as one more mirror: their package of the data set, fetched with private folders, so that it
// needs neither root nor an earlier `apt-get update` and leaves the system as it is.
import { execFile } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { PublishedSet } from "../sets/data-set.js";

export interface AptCommands {
  aptGet: string;
  dpkgDeb: string;
}

export interface AptOptions {
  /** The package, and the folder that it fills. */
  wanted: NonNullable<PublishedSet["apt"]>;
  commands: AptCommands;
  /** Milliseconds for each command. */
  limit: number;
  signal: AbortSignal;
  onProgress: (message: string) => void;
}

/**
 * Downloads and unpacks the package in `home`, an empty folder.
 *
 * @returns the folder with its files
 * @throws Error that says which command failed and why; `signal.reason` when aborted
 */
export const aptDownload = async (home: string, options: AptOptions): Promise<string> => {
  const { commands, onProgress, wanted } = options;
  const at = (...path: string[]) => join(home, ...path);
  for (const path of [
    ["lists"],
    ["lists", "partial"],
    ["cache"],
    ["cache", "archives"],
    ["cache", "archives", "partial"],
  ])
    await mkdir(at(...path));
  const privately = [
    ["Dir::State::Lists", at("lists")],
    ["Dir::Cache", at("cache")],
    ["Acquire::Languages", "none"],
    ["Acquire::Retries", "1"],
    ["Acquire::http::Timeout", "15"],
    ["Acquire::https::Timeout", "15"],
  ].flatMap(([key, value]) => ["-o", `${key}=${value}`]);

  onProgress("asking apt for its list of packages");
  // Its failure counts only if the package is then not found: one dead source among many fails the whole update.
  const update = await run(commands.aptGet, [...privately, "update"], home, options).catch(
    (error: Error) => error,
  );
  options.signal.throwIfAborted();
  if (update instanceof MissingCommand) throw update;
  onProgress(`downloading ${wanted.package} with apt`);
  try {
    await run(commands.aptGet, [...privately, "download", wanted.package], home, options);
  } catch (error) {
    options.signal.throwIfAborted();
    throw update instanceof Error ? update : error;
  }
  const archive = (await readdir(home)).find((name) => name.endsWith(".deb"));
  if (!archive) throw new Error(`${commands.aptGet} download: expected a .deb file, got none`);
  await run(commands.dpkgDeb, ["-x", at(archive), at("x")], home, options);
  return at("x", wanted.folder);
};

class MissingCommand extends Error {}

/** Runs a program to its end; an error carries the last line it printed. */
const run = (command: string, args: string[], cwd: string, { limit, signal }: AptOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let late = false;
    const child = execFile(
      command,
      args,
      { cwd, env: { ...process.env, LC_ALL: "C" } },
      (error, _, stderr) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
        if (signal.aborted) return reject(signal.reason);
        if (!error) return resolve();
        if (error.code === "ENOENT") return reject(new MissingCommand(`${command} is not installed`));
        const lines = stderr.trim().split("\n");
        const last = lines.findLast((line) => line.startsWith("E:")) ?? lines.at(-1);
        const why = late ? `not finished within ${limit / 1000} s` : last || `exit code ${error.code}`;
        const verb = args.find((arg) => arg === "update" || arg === "download");
        reject(new Error(`${verb ? `${command} ${verb}` : command}: ${why}`));
      },
    );
    const stop = () => {
      child.kill("SIGKILL");
      // Its own children may hold the pipes open long after it is gone.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const timer = setTimeout(() => {
      late = true;
      stop();
    }, limit);
    signal.addEventListener("abort", stop);
  });
