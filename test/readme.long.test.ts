// READMEs and guides keep their word: every program in them has the types that it claims and runs, as a user would run it, against the
// built packages. "ts no-run" marks what needs what is not here (a browser, the data): its types are checked all the same.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeBlocks, guides, readmes } from "./markdown.js";

const run = promisify(execFile);

// Inside a workspace package that depends on all others, so that imports resolve as they do for a user.
const folder = resolve("examples", ".readme");
const cases = [...readmes, ...guides].flatMap((page) =>
  codeBlocks(readFileSync(page, "utf8"))
    .filter(({ info }) => info.split(" ")[0] === "ts")
    .map(({ info, code, line }, i) => ({
      page,
      line,
      code,
      runs: info !== "ts no-run",
      file: join(folder, `${page.replace(/\.md$/, "").replace(/\W+/g, "-")}-${i + 1}.ts`),
    })),
);
const programs = cases.filter(({ runs }) => runs);

/** Accuracy that a program claims in a comment ("about 0.97"), if it trains. */
const claimedAccuracy = (code: string): number => Number(/\/\/.*\babout ([01](?:\.\d+)?)$/m.exec(code)?.[1]);
/** Accuracy that a program printed last. */
const printedAccuracy = (output: string): number =>
  Number([...output.matchAll(/accuracy ([01](?:\.\d+)?)/g)].at(-1)?.[1]);
const trains = (code: string): boolean => /\b(?:train|fit)\(/.test(code);
/** Far above chance, which is 0.1 for ten classes and 0.5 for two. */
const leastAccuracy = 0.7;
const examples = readdirSync("examples").flatMap((file) =>
  file.endsWith(".ts") ? [resolve("examples", file)] : [],
);

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  for (const { file, code } of cases) writeFileSync(file, code);
  // Once for all of them: starting tsx takes longer than most programs run.
  await build({
    entryPoints: programs.map(({ file }) => file),
    outdir: folder,
    format: "esm",
    target: "node20",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Arguments with which an example takes seconds: the exercises of the chapter train for minutes. One of them tests on real images. */
const briefly = (file: string): string[] => {
  if (basename(file) === "memory.ts") return ["--batch-size", "4"];
  if (!readFileSync(file, "utf8").includes("openLab")) return [];
  const drawn = basename(file) === "global-average-pooling-or-dense.ts" ? [] : ["--synthetic"];
  return ["--limit", "250", "--epochs", "1", ...drawn];
};

const runProgram = (...args: string[]) => run(process.execPath, args, { cwd: folder, timeout: 300_000 });

test("the documents contain programs", () => expect(programs.length).toBeGreaterThan(5));

test("every ts block is marked ts or ts no-run", () => {
  for (const page of [...readmes, ...guides])
    for (const { info, line } of codeBlocks(readFileSync(page, "utf8")))
      if (/^(ts|typescript|js|javascript|tsx)\b/.test(info))
        expect(["ts", "ts no-run"], `${page}:${line}`).toContain(info);
});

test("every program that trains states the accuracy that it prints", () => {
  const training = programs.filter(({ code }) => trains(code));
  expect(training.length).toBeGreaterThan(7);
  for (const { code, page, line } of training)
    expect(claimedAccuracy(code), `${page}:${line}`).toBeGreaterThanOrEqual(0.8);
});

test("every program in a README or a guide passes the type check", async () => {
  const options = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--target",
    "es2022",
    "--module",
    "nodenext",
    "--types",
    "node",
    "--lib",
    "es2023,dom",
  ];
  await run(process.execPath, [
    resolve("node_modules/typescript/bin/tsc"),
    ...options,
    ...cases.map(({ file }) => file),
  ]).catch((error) => {
    throw new Error(error.stdout);
  });
}, 120_000);

describe("a program runs", () => {
  test.each(programs)(
    "$page:$line",
    async ({ file, code }) => {
      const { stdout } = await runProgram(file.replace(/ts$/, "js"));
      if (!trains(code)) return;
      // Engines round differently, so the claim holds within a tenth.
      expect(printedAccuracy(stdout)).toBeGreaterThan(Math.max(leastAccuracy, claimedAccuracy(code) - 0.1));
    },
    300_000,
  );

  test.each(examples)(
    "%s",
    async (file) => {
      await runProgram("--import", import.meta.resolve("tsx"), file, ...briefly(file));
    },
    300_000,
  );
});
