// What a program does with its cache of compiled kernels. The compiler is a script that copies a library made before.
import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { programOf } from "../../../test/program-of.js";
import { cacheFolder, openCache } from "../src/cache-folder.js";
import { compile, libraryName } from "../src/compile.js";
import { chooseIsa } from "../src/isa.js";
import { findPrebuilt } from "../src/prebuilt.js";

const sources = fileURLToPath(new URL("../native/", import.meta.url));
const child = await programOf(new URL("library-child.ts", import.meta.url));
const isa = chooseIsa();
const prebuilt = await findPrebuilt(isa, sources);
const why = process.platform === "win32" ? "no shell scripts" : prebuilt && "a prebuilt library comes first";
if (why) console.info(`skipped: ${why}`);

describe.skipIf(why)("a program", () => {
  let folder: string;
  let real: string;
  beforeAll(async () => {
    const cache = await openCache(await cacheFolder(), console.info);
    real = await compile({ sources, isa, cache: cache.folder });
  }, 300_000);
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "mlpconv-library-")));
    const script = `case "$*" in *--version) echo copy 1; exit;; esac
while [ "$1" != -o ]; do shift; done
cp '${real}' "$2"`;
    writeFileSync(join(folder, "copy++"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    for (const name of ["home", "tmp"]) mkdirSync(join(folder, name), { mode: 0o700 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const start = (env: Record<string, string> = {}) =>
    promisify(execFile)(process.execPath, [child], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: {
        PATH: process.env.PATH,
        HOME: join(folder, "home"),
        TMPDIR: join(folder, "tmp"),
        CXX: join(folder, "copy++"),
        MLPCONV_ISA: isa,
        ...env,
      },
      timeout: 60_000,
    });
  const cached = () => {
    const native = join(folder, "home", ".cache", "mlpconv", "native");
    return join(native, readdirSync(native)[0]!, libraryName(isa));
  };

  it("compiles once, and compiles a cached library again that was cut short or changed", async () => {
    expect((await start()).stderr).toContain("compiling the C++ kernels");
    expect((await start()).stderr).toBe("");
    const whole = readFileSync(cached());
    for (const damage of [
      () => truncateSync(cached(), 4096),
      () => {
        // Loading has the whole file read: a changed byte anywhere counts.
        const changed = Buffer.from(whole);
        changed[changed.length >> 1]! ^= 0x10;
        writeFileSync(cached(), changed);
      },
    ]) {
      damage();
      const { stdout, stderr } = await start();
      expect(stdout).toMatch(/thread/);
      expect(stderr).toMatch(/^native: .*: expected SHA-256 .*, got .*; it is compiled again\n/);
      expect(readFileSync(cached()).equals(whole)).toBe(true);
    }
  }, 60_000);

  it("loads nothing from a cache that others may write, and leaves nothing in the temporary folder", async () => {
    await start();
    const planted = cached();
    writeFileSync(planted, "planted");
    chmodSync(join(folder, "home", ".cache"), 0o777);
    const { stdout, stderr } = await start();
    expect(stdout).toMatch(/thread/);
    expect(stderr).toContain(
      `${join(folder, "home", ".cache")}: expected that no other user may write there`,
    );
    expect(readFileSync(planted, "utf8")).toBe("planted");
    expect(readdirSync(join(folder, "tmp")).filter((name) => name.startsWith("mlpconv"))).toEqual([]);
  }, 60_000);

  it("creates no file with a predictable name when the user has no home folder", async () => {
    const { stdout, stderr } = await start({ HOME: "" });
    expect(stdout).toMatch(/thread/);
    expect(stderr).toContain("no cache for compiled kernels: this user has no home folder");
    expect(readdirSync(join(folder, "tmp")).filter((name) => name.startsWith("mlpconv"))).toEqual([]);
    expect(existsSync(join(folder, "home", ".cache"))).toBe(false);
  }, 60_000);

  it("creates files that only the user can access", async () => {
    await start();
    expect(statSync(join(folder, "home", ".cache", "mlpconv")).mode & 0o777).toBe(0o700);
    expect(statSync(cached()).mode & 0o777).toBe(0o600);
  }, 60_000);

  // koffi closes it when Node ends, while the pool's threads still run its code: unmapped, that is a crash.
  it.skipIf(process.platform !== "linux")("stays mapped when it is closed", async () => {
    const script = `
      const library = require("koffi").load(${JSON.stringify(real)});
      library.func("mlpconv_set_threads", "void", ["int"])(4);
      library.unload();
      console.log(require("node:fs").readFileSync("/proc/self/maps", "utf8").includes(${JSON.stringify(real)}));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
    });
    expect(stdout).toBe("true\n");
  });
});
