// The C++ kernels under AddressSanitizer and UndefinedBehaviorSanitizer, over shapes drawn at random: reads and writes past the end,
// overflow, results beside those of naive loops. `SEED=n pnpm --filter @mlpconv/engine-native sanitize`
// repeats a run.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nightly } from "../../../test/nightly.js";
import { type Compiler, findCompiler, runProgram } from "../src/compiler.js";
import { chooseIsa, isaFlags } from "../src/isa.js";

const native = fileURLToPath(new URL("../native/", import.meta.url));
const seed = process.env.SEED ?? String(Math.floor(Math.random() * 1e9));
const sanitize = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const common = ["-std=c++20", "-pthread", "-Wno-psabi", ...isaFlags[chooseIsa()]];
// -O1 compiles in a third of the time of -O3 and keeps the checks.
const flags = [...common, "-O1", "-g1", ...sanitize];

const folder = mkdtempSync(join(tmpdir(), "mlpconv-sanitizers-"));
let compiler: Compiler | undefined;
const objects: string[] = [];

const object = async (source: string): Promise<string> => {
  const to = join(folder, `${basename(source, ".cpp")}.o`);
  await runProgram(compiler!, [...flags, "-c", join(native, source), "-o", to]);
  return to;
};

/** Whether a program with sanitizers can be built and run here: not every system has their libraries. */
const works = async (): Promise<boolean> => {
  try {
    compiler = await findCompiler();
    await runProgram(compiler, [
      ...flags,
      "-shared",
      "-fPIC",
      join(native, "memory.cpp"),
      "-o",
      join(folder, "try.so"),
    ]);
    return true;
  } catch {
    return false;
  }
};

const possible = process.platform === "linux" && (await works());
if (!possible) console.info("skipped: no C++ compiler with AddressSanitizer and UndefinedBehaviorSanitizer");

beforeAll(async () => {
  if (!possible) return;
  const sources = readdirSync(native).filter((name) => name.endsWith(".cpp"));
  const queue = sources.values();
  const worker = async () => {
    for (const source of queue) objects.push(await object(source));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.runIf(possible).each([
  // The shapes are others each time, so that what few rounds miss is found by the next ones.
  ["convolution", nightly ? "40" : "12"],
  ["kernels", nightly ? "80" : "25"],
  ["failures", "20"],
])("%s reports nothing over %s random shapes", { timeout: 300_000 }, async (name, rounds) => {
  const program = join(folder, name);
  // The naive loops themselves are not checked, in a third of the time: what they allocate is guarded all the same.
  const loops = `${program}.test.o`;
  await runProgram(compiler!, [...common, "-O2", "-c", join(native, "test", `${name}.cpp`), "-o", loops]);
  // The kernels come first: of inline functions that both have, the linker keeps the checked ones.
  await runProgram(compiler!, [...sanitize, "-pthread", ...objects, loops, "-o", program]);
  const started = performance.now();
  const output = await runProgram({ command: program, arguments: [] }, [rounds, seed]).catch(
    ({ message }: Error) => `FAILED with SEED=${seed}\n${message}`,
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.info(`${output.trim()} (${seconds} s, SEED=${seed})`);
  expect(output).not.toContain("FAILED");
});
