import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startDriver } from "./driver.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "driver-"));
  vi.stubEnv("VK_DRIVER_FILES", undefined);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

/** A stand-in for opening the GPU. */
const adapter = (body: string): string => {
  const path = join(folder, "adapter.cjs");
  writeFileSync(path, body);
  return path;
};

test("both Vulkan and OpenGL are tried when no driver is named", async () => {
  const script = adapter(`
    if (!process.env.VK_DRIVER_FILES.includes("EGL")) throw new Error("no X11");
    console.log('{ "gpu": "h100" }');`);
  expect(await startDriver(folder, script)).toEqual({ gpu: "h100" });
  const file = process.env.VK_DRIVER_FILES!;
  expect(JSON.parse(readFileSync(file, "utf8")).ICD.library_path).toBe("libEGL_nvidia.so.0");
});

test("a driver that is named is the only one tried, and its error is reported", async () => {
  vi.stubEnv("VK_DRIVER_FILES", "mine.json");
  const script = adapter("throw new Error('not ' + process.env.VK_DRIVER_FILES);");
  const error: Error = await startDriver(folder, script).catch((error) => error);
  expect(error.message).toContain("not mine.json");
  expect(error.message).not.toContain("libEGL");
});
