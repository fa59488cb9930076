// Each way in which an engine can be unusable, told apart: stand-ins for broken installations in a folder of their own, a process each.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { programOf } from "../../../../test/program-of.js";
import { EngineError, engineNames, engines, tf, tryGpu, useEngine } from "../index.js";
import type { EngineStatus } from "./engine.js";

describe("useEngine", () => {
  test("makes the engine current and says what it runs on", async () => {
    const engine = await useEngine("cpu");
    expect(engine).toMatchObject({ name: "cpu", tfjsName: "cpu", gpu: false });
    expect(engine.device).toContain("JavaScript");
    expect(tf.getBackend()).toBe("cpu");
  });

  test("chooses the first usable engine under auto, and so does tryGpu", async () => {
    const first = (await engines()).find(({ usable }) => usable);
    expect((await useEngine()).name).toBe(first?.name);
    expect((await tryGpu()).name).toBe(first?.name);
  }, 300_000); // the native engine may have to be compiled

  test("suggests the nearest name for an unknown one", async () => {
    // @ts-expect-error: not an engine
    await expect(useEngine("wsam")).rejects.toThrow('got "wsam"; did you mean "wasm"?');
    // @ts-expect-error not a name, and like none.
    await expect(useEngine("directml")).rejects.toThrow('got "directml"; name one of them');
  });

  test("refuses an engine that is not installed, with a fix", async () => {
    const error = await useEngine("tensorflow").catch((error: unknown) => error);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({
      code: "not-installed",
      message: "tensorflow: not installed; install @tensorflow/tfjs-node",
    });
  });
});

test("mixed precision is refused by an engine that has none", async () => {
  await expect(useEngine("cpu", { precision: "mixed" })).rejects.toMatchObject({
    code: "no-mixed",
    message: "cpu: has no mixed precision; use native or webgpu",
  });
});

test("starting an engine again leaves nothing in its memory", async () => {
  await useEngine("cpu");
  const { numTensors } = tf.memory();
  await useEngine("cpu");
  expect(tf.memory().numTensors).toBe(numTensors);
});

/** This package, built from source. */
const index = pathToFileURL(await programOf(new URL("../index.ts", import.meta.url))).href;

describe("engines", () => {
  test("lists every engine once, in the order of preference, and leaves the current one current", async () => {
    await useEngine("cpu");
    expect((await engines()).map(({ name }) => name)).toEqual(engineNames);
    expect(tf.getBackend()).toBe("cpu");
  });

  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "engines-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A package in the folder's node_modules whose main file is `code`. */
  const install = (name: string, code: string, { built = true } = {}) => {
    const root = join(folder, "node_modules", ...name.split("/"));
    mkdirSync(join(root, "lib", "napi-v8"), { recursive: true });
    writeFileSync(join(root, "package.json"), JSON.stringify({ name, version: "4.22.0", main: "index.js" }));
    writeFileSync(join(root, "index.js"), code);
    if (built) writeFileSync(join(root, "lib", "napi-v8", "tfjs_binding.node"), "");
  };

  /** What `body` prints, run in the folder by a process that uses this package. */
  const inFolder = (body: string, more: Record<string, string> = {}): string => {
    const program = join(folder, "program.mjs");
    writeFileSync(program, `import { engines, useEngine } from ${JSON.stringify(index)};\n${body}`);
    // No compiler, so that the native engine is unusable too and the next one is tried.
    const env = { ...process.env, CXX: "no-such-compiler", ...more };
    return execFileSync(process.execPath, [program], { cwd: folder, encoding: "utf8", env });
  };

  const statusOf = (name: string): EngineStatus =>
    JSON.parse(inFolder(`console.log(JSON.stringify((await engines()).find((e) => e.name === "${name}")));`));

  test("distinguishes an addon that was not built from a missing package", () => {
    install("@tensorflow/tfjs-node", "", { built: false });
    expect(statusOf("tensorflow")).toMatchObject({
      usable: false,
      code: "not-built",
      fix: expect.stringMatching(
        /^run its install script, npm rebuild @tensorflow\/tfjs-node, or .*: node .*scripts.build-tfjs-node\.mjs$/,
      ),
    });
  });

  test("names the shared library that is missing", () => {
    install(
      "@tensorflow/tfjs-node-gpu",
      'throw new Error("libcudart.so.11.0: cannot open shared object file: No such file or directory");',
    );
    expect(statusOf("tensorflow-gpu")).toMatchObject({
      code: "libraries-missing",
      fix: "install libcudart.so.11.0 or add its folder to the library path",
    });
  });

  test("does not count a GPU build that runs on the CPU as a GPU", () => {
    install(
      "@tensorflow/tfjs-node-gpu",
      "module.exports = { backend: () => ({ isUsingGpuDevice: false }), version: {} };",
    );
    expect(statusOf("tensorflow-gpu")).toMatchObject({ code: "no-gpu" });
  });

  test("reports any other failure in the package's own words", () => {
    install("@tensorflow/tfjs-node", 'throw new TypeError("it broke");');
    expect(statusOf("tensorflow")).toMatchObject({ code: "failed", reason: "it broke" });
  });

  test("gives the engine package's own reason why it cannot start", () => {
    expect(statusOf("native")).toMatchObject({
      usable: false,
      code: "not-built",
      reason: expect.stringMatching(
        /^the C\+\+ compiler that CXX names, "no-such-compiler", does not run with --version: /,
      ),
      fix: expect.stringContaining("correct CXX"),
    });
  });

  test("says why engine wasm computes on one thread", () => {
    const body = 'console.log((await engines()).find(({ name }) => name === "wasm").device);';
    expect(inFolder(body, { MLPCONV_THREADS: "1" }).trim()).toBe("1 thread, SIMD; MLPCONV_THREADS=1");
  });

  test("auto warns of a broken engine and goes on to the next", () => {
    install("@tensorflow/tfjs-node-gpu", "", { built: false });
    const body =
      'console.warn = (line) => console.log("WARN " + line); console.log((await useEngine("auto")).name);';
    const out = inFolder(body);
    expect(out).toMatch(/^WARN warning: tensorflow-gpu: installed, but its addon was not built/);
    expect(out).toMatch(/^WARN warning: native: the C\+\+ compiler that CXX names/m);
    expect(out.trim().split("\n").at(-1)).toBe("wasm");
  });

  test("auto in mixed precision takes no engine without it", () => {
    const body =
      'console.log(await useEngine("auto", { precision: "mixed" }).then(({ name }) => name, ({ message }) => message));';
    expect(inFolder(body)).toContain("auto: no usable engine has mixed precision; use full precision");
  });

  test.each(["MLPCONV_THREADS", "MLPCONV_EXACT", "MLPCONV_ISA", "MLPCONV_PRECISION"])(
    "a wrong %s is an error under auto, not another engine",
    (name) => {
      const engine = name === "MLPCONV_PRECISION" ? "webgpu" : "auto";
      const body = `console.log(await useEngine("${engine}").then(({ name }) => name, ({ code, message }) => code + ": " + message));`;
      expect(inFolder(body, { [name]: "2.5x" })).toMatch(
        new RegExp(`wrong-setting: \\w+: ${name}: expected .*, got "?2\\.5x`),
      );
    },
  );
});
