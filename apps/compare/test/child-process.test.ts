// A program that `compare` started ends with it, however that ends: the next `compare` finds its run free.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "child-"));
afterAll(() => rmSync(folder, { recursive: true }));

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const path = (name: string) => join(folder, name);
const text = (name: string) => {
  try {
    return readFileSync(path(name), "utf8");
  } catch {
    return "";
  }
};

const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** A process that starts the program as `compare` does, and writes how it ended. */
const startParent = (program: string) => {
  writeFileSync(
    path("parent.mjs"),
    `import { writeFileSync } from "node:fs";
     const { startChild } = await import(${source("../src/compare/child-process.ts")});
     const ended = await startChild(${JSON.stringify(path(program))}, []).ended;
     writeFileSync(${JSON.stringify(path("ended"))}, JSON.stringify(ended));`,
  );
  const args = ["--conditions=@mlpconv/source", "--import", tsx, path("parent.mjs")];
  return spawn(process.execPath, args, { stdio: "inherit" });
};

it("a child process ends when its work is done, and only then", async () => {
  writeFileSync(
    path("short.mjs"),
    `const { onInterrupt } = await import(${source("../../../packages/cli-kit/src/interruption.ts")});
     const { dispose, signal } = onInterrupt();
     await new Promise((done) => setTimeout(done, 200));
     dispose();
     process.exitCode = signal.aborted ? 1 : 3;`,
  );
  const parent = startParent("short.mjs");
  await once(parent, "close");
  expect(JSON.parse(text("ended"))).toMatchObject({ code: 3 });
});

it("a child process stops and saves when its parent is killed", async () => {
  writeFileSync(
    path("child.mjs"),
    `import { writeFileSync } from "node:fs";
     const { onInterrupt } = await import(${source("../../../packages/cli-kit/src/interruption.ts")});
     const { signal, dispose } = onInterrupt();
     const timer = setInterval(() => {}, 1000);
     signal.addEventListener("abort", () => { writeFileSync(${JSON.stringify(path("saved"))}, "yes"); clearInterval(timer); dispose(); });
     writeFileSync(${JSON.stringify(path("begun"))}, "yes");`,
  );
  const parent = startParent("child.mjs");
  while (text("begun") === "" && parent.exitCode === null) await wait(50);
  expect(text("saved")).toBe("");
  parent.kill("SIGKILL");
  for (let tries = 0; tries < 100 && text("saved") === ""; tries++) await wait(50);
  expect(text("saved")).toBe("yes");
});
