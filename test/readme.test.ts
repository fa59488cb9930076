// The READMEs keep their word: every program in them runs, as a user would run it, against the built packages.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);

const isPublic = (name: string) =>
  !JSON.parse(readFileSync(join("packages", name, "package.json"), "utf8")).private;
const readmes = [
  "README.md",
  ...readdirSync("packages").flatMap((name) => (isPublic(name) ? [join("packages", name, "README.md")] : [])),
];

/** The ```ts blocks of a Markdown file. */
const programs = (path: string): string[] =>
  [...readFileSync(path, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);

// Inside a workspace package that depends on all others, so that imports resolve as they do for a user.
const folder = resolve("examples", ".readme");
const cases = readmes.flatMap((readme) =>
  programs(readme).map((code, i) => ({
    readme,
    number: i + 1,
    code,
    file: join(folder, `${basename(resolve(readme, ".."))}-${i + 1}.ts`),
  })),
);
const examples = readdirSync("examples").flatMap((file) =>
  file.endsWith(".ts") ? [resolve("examples", file)] : [],
);

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  for (const { file, code } of cases) writeFileSync(file, code);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runProgram = (file: string) =>
  run(process.execPath, ["--import", import.meta.resolve("tsx"), file], { cwd: folder, timeout: 300_000 });

test("there are programs to run", () => expect(cases.length).toBeGreaterThan(5));

test("every program in a README has the types that it claims", async () => {
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
  test.each(cases)(
    "$readme, program $number",
    async ({ file }) => {
      await runProgram(file);
    },
    300_000,
  );

  test.each(examples)(
    "%s",
    async (file) => {
      await runProgram(file);
    },
    300_000,
  );
});
