// `bench wasm`: engine wasm beside an older checkout and PyTorch by training steps, and beside native without wide vectors and jax-js by
// convolutions of NiN on one thread.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "@mlpconv/cli-kit";
import type { CaseName } from "../cases.js";
import { type Direction, SHAPES } from "../convolutions.js";
import { writeResults } from "../results.js";
import { nodeArguments, runJson } from "../run-json.js";
import { checkBeside, type StepRow, stepRows } from "./step-rows.js";

export interface WasmOptions {
  cases: CaseName[];
  steps: number;
  rounds: number;
  /** Images for convolutions. */
  batch: number;
  /** Runs of a convolution whose median counts, after one to warm up. */
  runs: number;
  beside?: string;
  peers: boolean;
  python: string;
  /** A folder in which @jax-js/jax is installed. */
  jax?: string;
  /** As little as shows that it works; writes nothing. */
  quick: boolean;
}

interface ConvolutionRow {
  layer: string;
  direction: Direction;
  /** GFLOP/s. */
  wasm: number;
  nativeBaseline: number;
  jax?: number;
}

type Speeds = { layer: string; direction: Direction; gflops: number }[];

const convolutionRows = async ({ batch, runs, jax, quick }: WasmOptions): Promise<ConvolutionRow[]> => {
  const plan = quick ? ["1", "1", "2"] : [String(batch), String(runs), String(SHAPES.length)];
  const measure = (script: string, first: string, environment: Record<string, string> = {}, own = plan) =>
    runJson<Speeds>(process.execPath, nodeArguments(`wasm/${script}`, first, ...own), {
      MLPCONV_THREADS: "1",
      ...environment,
    });
  const wasm = await measure("measure-convolutions.ts", "wasm");
  // The instruction set whose vectors are as wide as WebAssembly's.
  const native = await measure("measure-convolutions.ts", "native", { MLPCONV_ISA: "baseline" });
  // One image, because jax-js needs seconds for some of them.
  const theirs = jax ? await measure("measure-jax.ts", jax, {}, ["1", "1", plan[2]!]) : undefined;
  return wasm.map(({ layer, direction, gflops }, i) => ({
    layer,
    direction,
    wasm: gflops,
    nativeBaseline: native[i]!.gflops,
    ...(theirs && { jax: theirs[i]!.gflops }),
  }));
};

const describeStep = ({ case: name, batch, threads, imagesPerSecond, speedups }: StepRow): string => {
  const { ours, ...others } = imagesPerSecond;
  const beside = Object.entries(others).map(
    ([column, speed]) => `${column} ${speed.toFixed(1)}, ratio ${speedups[column]!.toFixed(2)}`,
  );
  const on = threads === 1 ? "1 thread" : `${threads} threads`;
  return `${name} batch ${batch}, ${on}: ${[`${ours!.toFixed(1)} images/s`, ...beside].join("; ")}`;
};

const describeConvolution = ({ layer, direction, wasm, nativeBaseline, jax }: ConvolutionRow): string => {
  const number = (value: number) => value.toFixed(2).padStart(9);
  const ratio = `${Math.round((wasm / nativeBaseline) * 100)} %`.padStart(15);
  return `${layer.padEnd(22)} ${direction.padEnd(11)} ${number(wasm)} ${number(nativeBaseline)} ${ratio}${jax === undefined ? "" : number(jax)}`;
};

/** @throws UsageError when a folder is not what its option asks for */
export const benchWasm = async (options: WasmOptions): Promise<void> => {
  const { cases, beside, jax, peers, python, quick } = options;
  if (beside) checkBeside(beside);
  if (jax && !existsSync(join(jax, "node_modules/@jax-js/jax")))
    throw new UsageError("bench wasm", [
      `--jax: expected a folder with jax-js, got ${jax}; make one with \`npm install --prefix ${jax} @jax-js/jax\``,
    ]);
  const steps = quick ? 1 : options.steps;
  const rounds = quick ? 1 : options.rounds;
  const rows = await stepRows(
    { cases, steps, rounds, peers, python, ...(quick && { batch: 4 }), ...(beside && { beside }) },
    (row) => console.log(describeStep(row)),
  );
  const convolutions = await convolutionRows(options);
  const heads = ["wasm", "native"].map((head) => head.padStart(9)).join(" ");
  console.log(`${"GFLOP/s, one thread".padEnd(35)}${heads}   wasm by native${jax ? "   jax-js" : ""}`);
  for (const row of convolutions) console.log(describeConvolution(row));
  if (quick) return;
  const { batch, runs } = options;
  const figures = { steps, rounds, batch, runs, rows, convolutions };
  console.log(`written to ${writeResults("wasm", "wasm", undefined, figures)}`);
};
