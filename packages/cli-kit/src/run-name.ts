// Names of runs. They are names of folders under runs/ and must be valid on every system.
import { relative, resolve } from "node:path";

/** The folder of all runs, in the current working directory. */
export const runsFolder = "runs";

// Device names that Windows reserves, with or without an extension.
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Letters, marks and digits of every script. */
const allowed = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,99}$/u;

/** Longest name in bytes: file systems allow 255, and programs append a few characters. */
const mostBytes = 200;

/** The name of a run from what was typed: the name itself, or a path to its folder in `runs/`, as shells complete it. */
export const runNameIn = (text: string): string => {
  const bare = text.replace(/(?<=[^/])\/+$/, "").normalize("NFC");
  const path = relative(resolve(runsFolder), resolve(bare));
  const inside = path !== "" && !/[/\\]/.test(path) && path !== "..";
  return /[/\\]/.test(bare) && inside ? path : bare;
};

/** The problem with a name of a run or other folder; undefined if it is valid. */
export const runNameProblem = (name: string, flag = "--run"): string | undefined => {
  const short = Buffer.byteLength(name) <= mostBytes;
  if (allowed.test(name) && short && !name.endsWith(".") && !reserved.test(name)) return;
  if (flag !== "--name" && /[/\\]/.test(name))
    return `expected ${flag} to name a run or its folder, such as nin-lr-0.05 or ${runsFolder}/nin-lr-0.05, got "${name}"; runs are kept in ${runsFolder}/ of the folder the program is started in`;
  return (
    `expected ${flag} to be a folder name of up to 100 letters, digits, "-", "_" and "." (${mostBytes} bytes) that begins with a letter or digit, ` +
    `such as nin-lr-0.05, got "${name}"`
  );
};

/** Default name with the local time, "ninMnist-quick-2026-01-31-142530"; such names sort by age. */
export const defaultRunName = (model: string, preset: string, now = new Date()): string => {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("");
  return `${model}-${preset}-${day}-${time}`;
};
