// `pnpm build:wasm [folder [build]]`: the kernels as WebAssembly, with the one compiler whose output is known to be fast; one build of them,
// such as `simd`, without the manifest.
//
// LLVM's order of instructions decides the speed, because the engines that run WebAssembly do not reorder: LLVM 20 makes these loops half as
// fast. So the compiler is pinned, and what it makes is the same to the byte in any folder.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compiler, compilerProblem } from "./compiler.js";
import { hashWasmSources, native, wasmSources } from "./wasm-sources.js";

const run = promisify(execFile);

const [out = fileURLToPath(new URL("../wasm/", import.meta.url)), only] = process.argv.slice(2);

const target = ["--target=wasm32-wasi", "--sysroot=/usr"];
const compileFlags = [
  ...target,
  ..."-isystem /usr/include/wasm32-wasi/c++/v1 -isystem /usr/include/wasm32-wasi".split(" "),
  ..."-std=c++20 -O3 -fno-math-errno -ffp-contract=fast -fvisibility=hidden -fno-exceptions -fno-rtti".split(
    " ",
  ),
  ..."-fno-threadsafe-statics -mbulk-memory -msimd128 -mnontrapping-fptoint -msign-ext -Wno-unknown-attributes".split(
    " ",
  ),
];
const linkFlags = [
  ...target,
  "-L/usr/lib/wasm32-wasi",
  "-nostartfiles",
  ..."no-entry gc-sections strip-all stack-first import-memory max-memory=4294901760 export=__stack_pointer"
    .split(" ")
    .map((flag) => `-Wl,--${flag}`),
  "-Wl,-z,stack-size=262144",
];

/** The builds: one for one thread, which runs anywhere, and one for several. */
const builds = {
  simd: { compile: [] as string[], link: [] as string[] },
  "simd-threads": {
    compile: ["-matomics"],
    link: "shared-memory export=__wasm_init_tls export=__tls_size export=__tls_align"
      .split(" ")
      .map((flag) => `-Wl,--${flag}`),
  },
};

if (only !== undefined && !Object.hasOwn(builds, only))
  throw new Error(`build:wasm: expected one of ${Object.keys(builds).join(", ")}, got ${only}`);

const exportsOf = async (files: readonly string[]): Promise<string[]> => {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const names = texts.flatMap((text) => [...text.matchAll(/\bMLPCONV_API [\w\s*]*?(mlpconv_\w+)\(/g)]);
  return [...new Set(names.map(([, name]) => name!))].sort();
};

const inParallel = async <T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> => {
  const queue = [...items];
  const next = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
};

const problem = await compilerProblem();
if (problem) throw new Error(`build:wasm: ${problem}`);

const { headers, sources } = await wasmSources();
const exported = (await exportsOf([...headers, ...sources])).filter((name) => name !== "mlpconv_peak_gflops");

const work = await mkdtemp(join(tmpdir(), "mlpconv-wasm-"));
try {
  await mkdir(out, { recursive: true });
  const made: Record<string, { sha256: string; bytes: number }> = {};
  for (const [name, { compile, link }] of Object.entries(builds)) {
    if (only !== undefined && name !== only) continue;
    const objects = sources.map((file) => join(work, `${name}-${basename(file)}.o`));
    // With names relative to the folder, so that no path of this machine is in the output.
    await inParallel(sources, (file) =>
      run(
        compiler,
        [...compileFlags, ...compile, "-c", file.slice(native.length), "-o", objects[sources.indexOf(file)]!],
        {
          cwd: native,
        },
      ),
    );
    const file = join(out, `${name}.wasm`);
    const exports = exported.map((each) => `-Wl,--export-if-defined=${each}`);
    await run(compiler, [...linkFlags, ...compile, ...exports, ...link, ...objects, "-o", file]);
    const bytes = (await stat(file)).size;
    made[name] = {
      sha256: createHash("sha256")
        .update(await readFile(file))
        .digest("hex"),
      bytes,
    };
    console.log(`${file}: ${(bytes / 1000).toFixed(0)} kB`);
  }
  const manifest = { compiler: "clang 19.1.7", sources: await hashWasmSources(), builds: made };
  if (only === undefined)
    await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
} finally {
  await rm(work, { recursive: true, force: true });
}
