import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { makeFolder } from "./make-folder.js";

const root = mkdtempSync(join(tmpdir(), "make-folder-"));
afterAll(() => rmSync(root, { recursive: true }));

it("makes a folder with those above it, once or several times at a time", async () => {
  const folder = join(root, "a", "b", "c");
  await Promise.all([makeFolder(folder), makeFolder(folder), makeFolder(join(folder, "d"))]);
  await makeFolder(folder);
  expect(statSync(join(folder, "d")).isDirectory()).toBe(true);
});

it("makes a folder below the working directory", async () => {
  await makeFolder(".");
  await expect(makeFolder("package.json/below")).rejects.toThrow("ENOTDIR");
});

it("is the system's error at a file", async () => {
  writeFileSync(join(root, "file"), "");
  await expect(makeFolder(join(root, "file"))).rejects.toThrow("EEXIST");
  await expect(makeFolder(join(root, "file", "below"))).rejects.toThrow("ENOTDIR");
});

it.runIf(process.platform === "linux")("ends where a folder can never be made", async () => {
  await expect(makeFolder("/proc/mlpconv/cache/deep")).rejects.toThrow("ENOENT");
});
