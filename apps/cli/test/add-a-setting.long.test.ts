// The cost of a new hyperparameter: a row in the table of settings and its use, two files. Tried in a copy of the repository.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nightly } from "../../../test/nightly.js";

const root = resolve("../..");
let copy: string;

/** A row like its neighbours, in front of one of them; and its use where optimizers are made. */
const edits = {
  "packages/runs/src/settings/settings.ts": [
    "  batchSize: setting({",
    `  dampening: setting({
    flag: "--dampening <x>",
    kind: positive,
    help: "share of the gradient that momentum leaves out",
    absent: "none",
    words: (x) => \`dampened by \${x}\`,
  }),
  batchSize: setting({`,
  ],
  "packages/runs/src/recipe/optimizers.ts": [
    "  sgd: ({ learningRate, momentum, weightDecay }) => sgd({ learningRate,",
    "  sgd: ({ learningRate, momentum, weightDecay, dampening = 0 }) => sgd({ learningRate: learningRate * (1 - dampening),",
  ],
} as const;

/** Prints, as JSON, what the programs of the copy know of the setting. */
const ask = `
import { recipeArguments, recipeDifferences } from "../../packages/cli-kit/src/index.js";
import { synthetic } from "../../packages/datasets/src/index.js";
import { recipeLines } from "../../packages/runs/src/index.js";
import { checkTrainedConfig, runData } from "../../packages/runs/src/node/index.js";
import { compareCommands } from "../compare/src/index.js";
import { trainCommands } from "../train/src/index.js";
import { readTrainOptions } from "../train/src/train/options.js";
import { resolveSettings } from "../train/src/train/settings.js";
import { readWords } from "./src/completion/words.js";

const commands = [...trainCommands(), ...compareCommands("")];
const request = readTrainOptions({ dampening: "5", json: false });
const data = { ...runData(synthetic({ train: 2, test: 2 })), sha256: "0" };
const settings = resolveSettings(request, { gpu: false, dataset: data });
const config = { ...settings, engine: "wasm", device: "", data, node: "v20" };
console.log(JSON.stringify({
  help: commands.filter((command) => command.helpInformation().includes("--dampening")).map((command) => command.name()),
  completed: readWords({ commands } as never).filter(({ flags }) => flags.some(({ flag }) => flag === "--dampening")).length,
  config: checkTrainedConfig(config, "config.json").dampening,
  child: recipeArguments(request),
  resumed: recipeDifferences({ ...request, dampening: 4 }, config),
  words: recipeLines(settings)[0],
}));`;

beforeAll(() => {
  copy = realpathSync(mkdtempSync(join(tmpdir(), "add-a-setting-")));
  const left = /\/(dist|\.turbo|\.vite|\.vite-temp|\.test-program-\d+|fixtures|pictures)$/;
  for (const name of [
    "packages",
    "apps",
    "test",
    "package.json",
    "tsconfig.base.json",
    "tsup.base.ts",
    "vitest.base.ts",
    "vitest.isas.ts",
  ]) {
    cpSync(join(root, name), join(copy, name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !left.test(path),
    });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  for (const [file, [from, to]] of Object.entries(edits)) {
    const path = join(copy, file);
    const text = readFileSync(path, "utf8");
    expect(text, file).toContain(from);
    writeFileSync(path, text.replace(from, to));
  }
}, 60_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const node = (args: readonly string[], cwd: string): string =>
  execFileSync(process.execPath, args, { cwd, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });

it("a new setting reaches flags, help, completion, config.json, child processes, resuming and the recipe's text", () => {
  const folder = join(copy, "apps/cli");
  writeFileSync(join(folder, "ask.ts"), ask);
  const known = JSON.parse(node(["--conditions=@mlpconv/source", "--import", "tsx", "ask.ts"], folder));
  expect(known).toMatchObject({
    help: ["train", "lr-find", "compare"],
    completed: 3,
    config: 5,
    resumed: ["--dampening 4, and the run has 5"],
  });
  expect(known.child.join(" ")).toContain("--dampening 5");
  expect(known.words).toContain("dampened by 5");
  rmSync(join(folder, "ask.ts"));
}, 60_000);

it("takes changes in two files", () => expect(Object.keys(edits)).toHaveLength(2));

it.runIf(nightly)(
  "a new setting agrees with the types",
  () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    try {
      node([tsc, "--noEmit"], join(copy, "apps/train"));
    } catch (error) {
      expect.fail((error as { stdout: string }).stdout);
    }
  },
  120_000,
);
