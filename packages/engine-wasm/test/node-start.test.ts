// What a Node program is told where the module is missing, or where threads cannot share memory.
import { afterEach, beforeEach, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv("MLPCONV_THREADS", "2");
});
afterEach(() => {
  vi.doUnmock("node:fs/promises");
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

it("names the missing module and a fix, also for a program that lists engines", async () => {
  vi.doMock("node:fs/promises", () => ({
    readFile: async (url: URL) => {
      throw Object.assign(new Error(`ENOENT: no such file or directory, open '${url.pathname}'`), {
        code: "ENOENT",
      });
    },
  }));
  const { prepare } = await import("../src/node.js");
  const error = await prepare().then(
    () => undefined,
    (error: Error) => error,
  );
  expect(error?.message).toMatch(
    /^wasm: expected the file \.\.\/wasm\/simd-threads\.wasm of @mlpconv\/engine-wasm, got: ENOENT: .*; reinstall the package; where a bundler/,
  );
  expect(error).toMatchObject({ code: "failed", fix: expect.stringMatching(/^reinstall the package/) });
});

it("without SharedArrayBuffer one thread computes, and describe says why", async () => {
  vi.stubGlobal("SharedArrayBuffer", undefined);
  const { describe, prepare } = await import("../src/node.js");
  await prepare();
  expect(describe()).toBe("1 thread, SIMD; no SharedArrayBuffer");
});
