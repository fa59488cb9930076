// `bench wasm` as a user starts it, with another checkout beside it: this one.
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { benchWasm } from "./bench-wasm.js";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const bench = (...words: string[]) => {
  const flags = ["--conditions=@mlpconv/source", "--expose-gc", "--import", "tsx"];
  const program = join(repository, "apps/bench/src/main.ts");
  const run = [...flags, program, "wasm", "--quick", ...words];
  return spawnSync(process.execPath, run, { cwd: repository, encoding: "utf8" });
};

test("prints steps beside the other checkout, and convolutions beside native", { timeout: 120_000 }, () => {
  const { stdout, stderr, status } = bench("lenet-28", "--beside", repository);
  const step = String.raw`^lenet-28 batch 4, (?:1 thread|2 threads): [\d.]+ images\/s; beside [\d.]+, ratio [\d.]+$`;
  expect(stdout.match(new RegExp(step, "gm")), stderr).toHaveLength(2);
  expect(
    stdout.match(/^\d+x\d+\/\d .*(forward|gradInput|gradFilter) +[\d.]+ +[\d.]+ +\d+ %$/gm),
  ).toHaveLength(6);
  expect(status).toBe(0);
});

test.each([
  ["beside", "bench wasm: --beside: expected a checkout with its dependencies installed, got "],
  ["jax", "bench wasm: --jax: expected a folder with jax-js, got "],
])("refuses a folder for --%s that is not one, before it measures", async (option, message) => {
  const folder = mkdtempSync(join(tmpdir(), "mlpconv-bench-"));
  const plan = { cases: [], steps: 1, rounds: 1, batch: 1, runs: 1, peers: false, python: "", quick: true };
  await expect(benchWasm({ ...plan, [option]: folder })).rejects.toThrow(`${message}${folder}`);
});
