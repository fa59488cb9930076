import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle } from "./bundle.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bundle-"));
  await bundle(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });

test("the programs start where no package is installed", () => {
  expect(run("train.js", "train", "--help").stdout).toContain("--preset <name>");
  expect(run("measure.js")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("usage: run.sh OUT"),
  });
});

test("a wrong argument is reported before anything is measured", () => {
  expect(run("measure.js", "out", "speed").status).toBe(2);
  expect(run("measure.js", "out", "train").status).toBe(2);
});
