// Commands in READMEs and guides: the shell can read them, and they name commands, flags, values and packages that there are.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareCommand } from "../apps/compare/src/compare/command.js";
import { readCompareOptions } from "../apps/compare/src/compare/options.js";
import { reportCommand } from "../apps/compare/src/report/command.js";
import { playgroundCommand } from "../apps/playground/src/server/command.js";
import { enginesCommand } from "../apps/train/src/engines/command.js";
import { evaluateCommand } from "../apps/train/src/evaluate/command.js";
import { exportCommand } from "../apps/train/src/export/command.js";
import { lrFindCommand } from "../apps/train/src/lr-find/command.js";
import { predictCommand } from "../apps/train/src/predict/command.js";
import { showDataCommand } from "../apps/train/src/show-data/command.js";
import { trainCommand } from "../apps/train/src/train/command.js";
import { readTrainOptions } from "../apps/train/src/train/options.js";
import { datasets } from "../packages/datasets/src/index.js";
import { codeBlocks, guides, readmes } from "./markdown.js";

/** The programs' own commands, which are parsed and not run. */
const commands = {
  train: () => trainCommand(datasets),
  evaluate: () => evaluateCommand(datasets),
  predict: () => predictCommand(),
  export: () => exportCommand(),
  "lr-find": () => lrFindCommand(datasets),
  "show-data": () => showDataCommand(datasets),
  engines: () => enginesCommand(),
  compare: () => compareCommand("train", datasets),
  report: () => reportCommand(datasets),
  playground: () => playgroundCommand(datasets),
};
type CommandName = keyof typeof commands;
const isCommand = (name: string): name is CommandName => Object.hasOwn(commands, name);

interface Manifest {
  name: string;
  private?: boolean;
  scripts?: Record<string, string>;
}
const manifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const packages = ["packages", "apps", "."].flatMap((parent) =>
  parent === "."
    ? [manifest(".")]
    : readdirSync(parent)
        .filter((name) => existsSync(join(parent, name, "package.json")))
        .map((name) => manifest(join(parent, name))),
);

/** Throws what commander, and for `train` and `compare` their own checks, find wrong. */
const checkCommand = (name: CommandName, args: string[]): void => {
  const command = commands[name]()
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });
  command.action(() => {});
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "commander.helpDisplayed") return;
    throw error;
  }
  if (name === "train") readTrainOptions(command.opts());
  if (name === "compare") readCompareOptions(command.opts());
};

/** What pnpm is told to run in this repository. */
const checkPnpm = ([first, ...rest]: string[]): void => {
  if (first === "--filter") {
    const target = packages.find(({ name }) => name === rest[0]);
    expect(target, `a package called ${rest[0]}`).toBeDefined();
    expect(Object.keys(target?.scripts ?? {})).toContain(rest[1]);
  } else if (first !== "install" && first !== "add") {
    expect(Object.keys(manifest(".").scripts ?? {})).toContain(first);
    if (isCommand(first!)) checkCommand(first, rest);
  }
};

const checkInstall = (names: string[]): void => {
  for (const name of names.filter((word) => word.startsWith("@mlpconv/"))) {
    const found = packages.find((each) => each.name === name);
    expect(found && !found.private, `a published package called ${name}`).toBe(true);
  }
};

/** Programs that a reader has, or is told to get. */
const others = [
  "git",
  "cd",
  "mkdir",
  "node",
  "pip",
  "tail",
  "tensorboard",
  "sbatch",
  "scancel",
  "cp",
  "apt-get",
];
/** Programs that start another one, which follows their own options. */
const launchers = ["mpirun", "mpiexec", "srun"];

/** The program itself, without `npx`, which does not pass signals on. */
const installed = "node_modules/.bin/mlpconv";

/** One command, with what is set for it. */
const checkWords = (words: readonly string[]): void => {
  const [program, ...args] = words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word)));
  if (program === "npx" && args[0] === "-y" && args[1]?.startsWith("pnpm@")) {
    expect(args[1]).toBe(JSON.parse(readFileSync("package.json", "utf8")).packageManager);
    checkPnpm(args.slice(2));
  } else if (program === "pnpm") {
    checkPnpm(args);
  } else if (launchers.includes(program!)) {
    const started = args.findIndex((word) => word === "npx" || word === "node" || word.includes("/"));
    expect(started, "a program that is started").toBeGreaterThan(-1);
    checkWords(args.slice(started));
  } else if (program === installed || (program === "npx" && args[0] === "mlpconv")) {
    const [name, ...flags] = program === installed ? args : args.slice(1);
    expect(Object.keys(commands)).toContain(name);
    checkCommand(name as CommandName, flags);
  } else if (program === "npx") {
    // Installed by the same guide.
    expect(["tsx", "vite"]).toContain(args[0]);
  } else if (program === "npm") {
    expect(["init", "install", "pkg", "rebuild"]).toContain(args[0]);
    checkInstall(args.slice(1));
  } else {
    expect(others).toContain(program);
  }
};

/** Words of a line as a shell splits it, without redirections; what stands in quotes is one. */
const wordsOf = (command: string): string[] =>
  [...command.replace(/\s[<>] \S+/g, "").matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain!,
  );

const blocks = [...readmes, ...guides].flatMap((page) =>
  codeBlocks(readFileSync(page, "utf8"))
    .filter(({ info }) => /^(sh|bash|shell)\b/.test(info))
    .map((block) => ({ page, ...block })),
);

test("the documents contain commands", () => expect(blocks.length).toBeGreaterThan(3));

describe("commands are valid", () => {
  test.each(blocks)("$page:$line", ({ code }) => {
    // Windows has no bash; what a line names is checked there all the same.
    if (process.platform !== "win32") execFileSync("bash", ["-n"], { input: code });
    const lines = code.replaceAll("\\\n", " ").split("\n");
    for (const line of lines) {
      const command = line.replace(/(^|\s)#.*$/, "").trim();
      for (const part of command.split(/\s*(?:&&|\|\||[|;])\s*/).filter(Boolean)) {
        try {
          checkWords(wordsOf(part));
        } catch (error) {
          throw new Error(`${part}: ${(error as Error).message}`);
        }
      }
    }
  });
});
