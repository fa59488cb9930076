// A program that `compare` started ends with it, however that ends: the next `compare` finds its run free.
import { spawn } from "node:child_process";
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

it("stops and saves when its parent is killed", async () => {
  const programs = new URL("../../../packages/programs/src/interruption.ts", import.meta.url).href;
  const child = new URL("../src/child.ts", import.meta.url).href;
  writeFileSync(
    path("child.mjs"),
    `import { writeFileSync } from "node:fs";
     const { onInterrupt } = await import(${JSON.stringify(programs)});
     const { signal, dispose } = onInterrupt();
     const timer = setInterval(() => {}, 1000);
     signal.addEventListener("abort", () => { writeFileSync(${JSON.stringify(path("saved"))}, "yes"); clearInterval(timer); dispose(); });
     writeFileSync(${JSON.stringify(path("begun"))}, "yes");`,
  );
  writeFileSync(
    path("parent.mjs"),
    `const { startChild } = await import(${JSON.stringify(child)});
     await startChild(${JSON.stringify(path("child.mjs"))}, []).ended;`,
  );
  const parent = spawn(
    process.execPath,
    ["--conditions=@mlpconv/source", "--import", tsx, path("parent.mjs")],
    { stdio: "inherit" },
  );
  while (text("begun") === "" && parent.exitCode === null) await wait(50);
  expect(text("saved")).toBe("");
  parent.kill("SIGKILL");
  for (let tries = 0; tries < 100 && text("saved") === ""; tries++) await wait(50);
  expect(text("saved")).toBe("yes");
});
