// How the library comes to be: compiled once, found again, and every way in which that fails told apart. Fake compilers where failure is wanted.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CompileOptions, compile, compileAndLoad } from "../src/compile.js";
import { findCompiler } from "../src/compiler.js";
import { chooseIsa, isas, supportedIsas } from "../src/isa.js";
import { openPrivateFolder } from "../src/private-folder.js";

const path = process.env.PATH;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mlpconv-compile-"));
  for (const name of ["sources", "cache", "bin"]) mkdirSync(join(folder, name));
  write("sources/one.cpp", "1");
  write("sources/two.cpp", "2");
  delete process.env.CXX;
});
afterEach(() => {
  process.env.PATH = path;
  delete process.env.CXX;
  rmSync(folder, { recursive: true });
});

const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

/** Puts a shell script in the place of the compiler, alone in PATH but for what the script itself needs. */
const install = (name: string, script: string) => {
  const file = join(folder, "bin", name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  process.env.PATH = join(folder, "bin");
};

/** Answers --version, else writes an empty output file and a line in the log. */
const WORKS = `case "$*" in *--version) echo fake 1; exit;; esac
echo "$@" >> "$LOG"
while [ "$1" != -o ]; do shift; done
echo made > "$2"`;

const options = (starts: number[] = []): CompileOptions => ({
  sources: join(folder, "sources"),
  isa: "baseline",
  cache: join(folder, "cache"),
  onProgress: (done, files) => done === 0 && starts.push(files),
});

describe.skipIf(process.platform === "win32")("the library", () => {
  beforeEach(() => {
    process.env.LOG = join(folder, "log");
  });

  it("is compiled once, and again when a source, a flag or the compiler changes", async () => {
    install("c++", WORKS);
    const starts: number[] = [];
    const first = await compile(options(starts));
    expect(await compile(options(starts))).toBe(first);
    expect(starts).toEqual([2]);
    write("sources/two.cpp", "changed");
    const second = await compile(options(starts));
    const third = await compile({ ...options(starts), isa: "avx2" });
    install("c++", WORKS.replace("fake 1", "fake 2"));
    const fourth = await compile(options(starts));
    expect(new Set([first, second, third, fourth]).size).toBe(4);
    expect(starts).toEqual([2, 2, 2, 2]);
  });

  it("is whole when several processes compile it at once, and leaves no temporary files behind", async () => {
    install("c++", WORKS);
    const files = await Promise.all([1, 2, 3].map(() => compile(options())));
    expect(new Set(files).size).toBe(1);
    expect(readdirSync(join(folder, "cache"))).toHaveLength(1);
  });

  it("needs a compiler, and the error says what to install when there is none", async () => {
    process.env.PATH = join(folder, "bin");
    await expect(compile(options())).rejects.toMatchObject({
      code: "not-built",
      reason: expect.stringContaining("no C++ compiler was found (c++, g++, clang++)"),
      fix: expect.stringContaining("install"),
    });
  });

  it("does not take another compiler than the one that CXX names", async () => {
    install("c++", WORKS);
    await expect(findCompiler("no-such-compiler -m64")).rejects.toMatchObject({
      code: "not-built",
      reason:
        'the C++ compiler that CXX names, "no-such-compiler -m64", does not run with --version: spawn no-such-compiler ENOENT',
      fix: "correct CXX, in which quotes keep the spaces of a path, or unset it",
    });
  });

  it("takes g++ where c++ is broken", async () => {
    install("g++", WORKS);
    install("c++", "exit 1");
    expect(await findCompiler()).toMatchObject({ command: "g++", version: "fake 1\n" });
  });

  it("is made again with a warning when the cached one is cut short, changed or gone", async () => {
    install("c++", WORKS);
    const made = await compile(options());
    for (const damage of [
      () => truncateSync(made, 2),
      () => writeFileSync(made, "MADE\n"),
      () => rmSync(made),
      () => writeFileSync(join(dirname(made), "SHA256SUMS"), ""),
      () => rmSync(join(dirname(made), "SHA256SUMS")),
    ]) {
      damage();
      const warnings: string[] = [];
      const again = await compile({ ...options(), onWarning: (message) => warnings.push(message) });
      expect(again).toBe(made);
      expect(readFileSync(made, "utf8")).toBe("made\n");
      expect(warnings).toEqual([expect.stringMatching(/: expected .*, got .*; it is compiled again$/)]);
      expect(readdirSync(join(folder, "cache"))).toHaveLength(1);
    }
  });

  it("is made again where others may write it, or a link stands in its place", async () => {
    install("c++", WORKS);
    const made = await compile(options());
    const elsewhere = join(folder, "elsewhere");
    for (const change of [
      () => chmodSync(made, 0o622),
      () => chmodSync(dirname(made), 0o777),
      () => {
        renameSync(made, elsewhere);
        symlinkSync(elsewhere, made);
      },
    ]) {
      change();
      const warnings: string[] = [];
      await compile({ ...options(), onWarning: (message) => warnings.push(message) });
      expect(warnings).toEqual([expect.stringContaining("it is compiled again")]);
      expect(lstatSync(made).isFile()).toBe(true);
    }
  });

  it("has the modes 0700 and 0600 whatever the umask", async () => {
    install("c++", WORKS);
    for (const umask of [0o000, 0o077, 0o377]) {
      // The folders above are made under the umask too.
      const cache = join(folder, `new-${umask}`, "mlpconv", "native");
      const before = process.umask(umask);
      try {
        const made = await compile({ ...options(), cache: await openPrivateFolder(cache) });
        for (const [path, mode] of [
          [join(folder, `new-${umask}`), 0o700],
          [cache, 0o700],
          [dirname(made), 0o700],
          [made, 0o600],
          [join(dirname(made), "SHA256SUMS"), 0o600],
        ] as const)
          expect([path, statSync(path).mode & 0o777]).toEqual([path, mode]);
      } finally {
        process.umask(before);
      }
    }
  });

  it("leaves nothing of a compilation that was killed, and does not touch one that goes on", async () => {
    install("c++", WORKS);
    const cache = join(folder, "cache");
    const long = new Date(Date.now() - 3_600_000);
    for (const name of ["compiling-killed", "compiling-alive"]) {
      mkdirSync(join(cache, name));
      write(`cache/${name}/one.o`, "half");
    }
    utimesSync(join(cache, "compiling-killed"), long, long);
    await compile(options());
    expect(readdirSync(cache).filter((name) => name.startsWith("compiling-"))).toEqual(["compiling-alive"]);
  });

  it("reports each file that is compiled", async () => {
    install("c++", WORKS);
    const told: string[] = [];
    await compile({
      ...options(),
      onProgress: (done, files, { command }) => told.push(`${done}/${files} ${command}`),
    });
    expect(told).toEqual(["0/2 c++", "1/2 c++", "2/2 c++"]);
  });

  it("is compiled by a compiler with spaces in its path, alone or quoted and with options", async () => {
    mkdirSync(join(folder, "bin", "my tools"));
    install("my tools/g++", WORKS);
    const command = join(folder, "bin", "my tools", "g++");
    for (const [CXX, more] of [
      [command, []],
      [`"${command}" -m64 -D'A B'`, ["-m64", "-DA B"]],
    ] as const) {
      process.env.CXX = CXX;
      expect(await findCompiler()).toMatchObject({ command, arguments: more });
      expect(await compile(options())).toContain(join(folder, "cache"));
    }
  });

  it("is not waited for without end when the compiler does not print its version", async () => {
    // Its child keeps its output open.
    install("hangs", "/bin/sleep 60\nexit 0");
    const began = performance.now();
    await expect(findCompiler("hangs", 300)).rejects.toMatchObject({
      reason: expect.stringMatching(/"hangs", does not run with --version: no end within 0.3 s$/),
    });
    install("c++", "/bin/sleep 60\nexit 0");
    install("g++", WORKS);
    expect(await findCompiler(undefined, 2000)).toMatchObject({ command: "g++" });
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it("that was not written, or is empty, is not kept", async () => {
    for (const [script, words] of [
      ["exit 0", /do not compile: c\+\+ .*\nit wrote no file$/],
      [WORKS.replace("echo made", ":"), /do not compile: c\+\+ .*\nit wrote an empty file$/],
    ] as const) {
      install("c++", script);
      await expect(compile(options())).rejects.toMatchObject({
        code: "not-built",
        reason: expect.stringMatching(words),
      });
      expect(readdirSync(join(folder, "cache"))).toEqual([]);
    }
  });

  it("that does not load is not kept, and a cached one is compiled again once", async () => {
    install("c++", WORKS);
    const cached = await compile(options());
    const starts: number[] = [];
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    let loads = 0;
    const load = (file: string) => {
      if (++loads === 1) throw new Error("wrong ELF class");
      return file;
    };
    expect(await compileAndLoad({ ...options(starts), onWarning }, load)).toBe(cached);
    expect([loads, starts]).toEqual([2, [2]]);
    expect(warnings).toEqual([`${cached} does not load: wrong ELF class; it is compiled again`]);
    const fail = () => {
      throw new Error("wrong ELF class");
    };
    await expect(compileAndLoad({ ...options(starts), onWarning }, fail)).rejects.toThrow("wrong ELF class");
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
    "that cannot be removed, being in a folder of another mode, does not stop what was compiled",
    async () => {
      install("c++", WORKS);
      const made = await compile(options());
      truncateSync(made, 0);
      chmodSync(dirname(made), 0o500);
      expect(await compile(options())).toBe(made);
      expect(readFileSync(made, "utf8")).toBe("made\n");
      for (const name of readdirSync(join(folder, "cache"))) chmodSync(join(folder, "cache", name), 0o700);
    },
  );

  it("that does not compile shows the compiler's words and stays out of the cache", async () => {
    install("c++", '[ "$1" = --version ] && exit\necho "one.cpp:1:1: error: expected kernels" >&2\nexit 1');
    await expect(compile(options())).rejects.toMatchObject({
      code: "not-built",
      reason: expect.stringMatching(/do not compile: c\+\+ .*\none.cpp:1:1: error: expected kernels/),
    });
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
  });
});

describe("the instruction set", () => {
  const avx2 = new Set(["avx2", "fma", "bmi1", "bmi2", "f16c", "movbe"]);

  it("is the widest that the CPU has", () => {
    expect(supportedIsas(new Set())).toEqual(["baseline"]);
    expect(supportedIsas(avx2)).toEqual(["avx2", "baseline"]);
    expect(chooseIsa(undefined, ["avx2", "baseline"])).toBe("avx2");
  });

  it("can be forced, but not to what the CPU lacks", () => {
    expect(chooseIsa("baseline", isas.slice())).toBe("baseline");
    expect(() => chooseIsa("avx512", ["avx2", "baseline"])).toThrow(
      'MLPCONV_ISA: expected one of avx2, baseline, got "avx512", which this CPU does not have',
    );
    expect(() => chooseIsa("sse9", ["baseline"])).toThrow('got "sse9"; unset it');
  });
});
