// What a user without a compiler gets: engine-native and its package for this platform, packed, installed by npm in a folder outside the
// workspace, train there without compiling anything. On linux-x64 only, the platform that has such a package.
import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPlatform, neededGlibc } from "../packages/engine-native/scripts/build-platform.js";
import { writeChecksums } from "../packages/engine-native/src/checksums.js";
import { libraryName } from "../packages/engine-native/src/compile.js";
import { findCompiler } from "../packages/engine-native/src/compiler.js";
import { chooseIsa } from "../packages/engine-native/src/isa.js";

const run = promisify(execFile);
const pnpm = (cwd: string, ...parameters: string[]) =>
  run("npx", ["-y", "pnpm@12.21.0", ...parameters], { cwd, timeout: 120_000 });

const engine = resolve("packages", "engine-native");
const isa = chooseIsa();
const TFJS = "@tensorflow/tfjs@4.22.0";

/** Why it cannot be tried here, if so. */
const obstacle = async (): Promise<string | undefined> => {
  if (process.platform !== "linux" || process.arch !== "x64") return "not linux-x64";
  try {
    await findCompiler();
  } catch {
    return "no C++ compiler to build the package with";
  }
  try {
    await run("npm", ["view", TFJS, "version"], { timeout: 30_000 });
  } catch {
    return "no package registry to install from";
  }
  return undefined;
};
const why = await obstacle();
if (why) console.info(`skipped: ${why}`);

const PROGRAM = `
import { describe, prepare } from "@mlpconv/engine-native";
import * as tf from "@tensorflow/tfjs";

await prepare();
await tf.setBackend("native");
const images = tf.randomUniform([16, 12, 12, 1], 0, 1, "float32", 1);
const wanted = tf.conv2d(images, tf.tensor4d([1, 0, -1, 2, 0, -2, 1, 0, -1], [3, 3, 1, 1]), 1, "same");
const filter = tf.variable(tf.zeros([3, 3, 1, 1]));
const optimizer = tf.train.adam(0.1);
const loss = () => tf.losses.meanSquaredError(wanted, tf.conv2d(images, filter, 1, "same"));
const losses = [];
for (let step = 0; step < 20; step++) losses.push(optimizer.minimize(loss, true).dataSync()[0]);
console.log(JSON.stringify({ device: describe(), backend: tf.getBackend(), losses }));
`;

describe.skipIf(why)("engine-native from npm, without a compiler", () => {
  const folder = mkdtempSync(join(tmpdir(), "mlpconv-prebuilt-"));
  const app = join(folder, "app");
  const cache = join(folder, "cache");
  const installed = join(app, "node_modules", "@mlpconv", "engine-native-linux-x64");

  beforeAll(async () => {
    const platform = join(folder, "platform");
    for (const path of [platform, app, cache, join(folder, "bin")]) mkdirSync(path);
    for (const file of ["package.json", "README.md"])
      copyFileSync(join(engine, "platforms", "linux-x64", file), join(platform, file));
    // One instruction set: it is as good as three, in a third of the time.
    await buildPlatform(platform, [isa]);
    await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: platform });
    for (const source of [engine, resolve("packages", "kernels")])
      await pnpm(source, "pack", "--pack-destination", folder);
    const archives = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    expect(archives).toHaveLength(3);
    writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }));
    writeFileSync(join(app, "main.js"), PROGRAM);
    const wanted = archives.map((name) => join(folder, name));
    await run("npm", ["install", "--no-audit", "--no-fund", TFJS, ...wanted], { cwd: app, timeout: 180_000 });
  }, 400_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = (CXX?: string) =>
    run(process.execPath, ["main.js"], {
      cwd: app,
      env: {
        PATH: join(folder, "bin"),
        HOME: folder,
        XDG_CACHE_HOME: cache,
        MLPCONV_ISA: isa,
        ...(CXX && { CXX }),
      },
      timeout: 60_000,
    });

  test("trains, and compiles nothing", async () => {
    const { stdout, stderr } = await start("/nonexistent");
    const { backend, losses } = JSON.parse(stdout.trim().split("\n").at(-1)!);
    expect(backend).toBe("native");
    expect(losses).toHaveLength(20);
    expect(losses[19]).toBeLessThan(losses[0] / 2);
    expect(stderr).not.toContain("compiling");
    expect(readdirSync(cache)).toEqual([]);
  });

  test("needs glibc 2.34 at most, and no C++ runtime library", () => {
    const library = readFileSync(join(installed, libraryName(isa)));
    expect(neededGlibc(library)).toBeGreaterThan(0);
    expect(neededGlibc(library)).toBeLessThanOrEqual(34);
    expect(library.includes("libstdc++.so")).toBe(false);
  });

  test("does not load a library that was cut short, and warns of it", async () => {
    const file = join(installed, libraryName(isa));
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, 4096));
    await expect(start()).rejects.toThrow(/expected SHA-256 .*; install the package again/);
    writeFileSync(file, whole);
  });

  test("reports a library that does not load, and that there is no compiler either", async () => {
    writeFileSync(join(installed, libraryName(isa)), "not a library");
    await writeChecksums(installed, [libraryName(isa)]);
    await expect(start()).rejects.toThrow(
      /does not load: .*; no prebuilt library for linux-x64 that fits is installed and no C\+\+ compiler was found/,
    );
  });

  test("says what to install when the package for the platform is missing", async () => {
    rmSync(installed, { recursive: true });
    await expect(start()).rejects.toThrow(
      /no C\+\+ compiler was found.*install @mlpconv\/engine-native-linux-x64/,
    );
    expect(existsSync(join(cache, "mlpconv"))).toBe(false);
  });
});
