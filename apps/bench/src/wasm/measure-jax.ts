// Measures the same convolutions in jax-js on its wasm backend; prints one line of JSON.
// arguments: folder in which @jax-js/jax is installed, batch, runs, number of layers
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Direction, SHAPES } from "../convolutions.js";
import { median } from "../statistics.js";

/** What is used of jax-js. An operation takes its operands; `ref` keeps one for another use. */
interface JaxArray {
  readonly ref: JaxArray;
  mul(other: JaxArray): JaxArray;
  sum(): JaxArray;
  dispose(): void;
}
type Computation = (...operands: JaxArray[]) => JaxArray;
interface Jax {
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): string;
  blockUntilReady(arrays: JaxArray): Promise<unknown>;
  jit(body: Computation): Computation;
  grad(body: Computation): Computation;
  random: { key(seed: number): JaxArray; normal(key: JaxArray, shape: number[]): JaxArray };
  lax: { conv(x: JaxArray, filter: JaxArray, strides: number[], padding: [number, number][]): JaxArray };
}

const [folder, batch, runs, layers] = process.argv.slice(2) as [string, string, string, string];
const entry = createRequire(join(resolve(folder), "package.json")).resolve("@jax-js/jax");
const jax = (await import(pathToFileURL(entry).href)) as Jax;
await jax.init("wasm");
jax.defaultDevice("wasm");

const secondsOf = async (body: () => JaxArray): Promise<number> => {
  const seconds: number[] = [];
  // The first run compiles.
  for (let run = 0; run <= Number(runs); run++) {
    const from = performance.now();
    const result = body();
    await jax.blockUntilReady(result);
    seconds.push((performance.now() - from) / 1000);
    result.dispose();
  }
  return median(seconds.slice(1));
};

const rows: { layer: string; direction: Direction; gflops: number }[] = [];
for (const { input, from, to, window, stride, pad } of SHAPES.slice(0, Number(layers))) {
  const side = Math.floor((input + 2 * pad - window) / stride) + 1;
  const images = Number(batch);
  const normal = async (seed: number, ...shape: number[]) => {
    const array = jax.random.normal(jax.random.key(seed), shape);
    await jax.blockUntilReady(array);
    return array;
  };
  const x = await normal(0, images, from, input, input);
  const filter = await normal(1, to, from, window, window);
  const dy = await normal(2, images, to, side, side);
  const padding: [number, number][] = [
    [pad, pad],
    [pad, pad],
  ];
  const conv: Computation = (x, filter) => jax.lax.conv(x!, filter!, [stride, stride], padding);
  const forward = jax.jit(conv);
  const gradInput = jax.jit(jax.grad((x, filter, dy) => conv(x!, filter!).mul(dy!).sum()));
  const gradFilter = jax.jit(jax.grad((filter, x, dy) => conv(x!, filter!).mul(dy!).sum()));
  const calls: Record<Direction, () => JaxArray> = {
    forward: () => forward(x.ref, filter.ref),
    gradInput: () => gradInput(x.ref, filter.ref, dy.ref),
    gradFilter: () => gradFilter(filter.ref, x.ref, dy.ref),
  };
  const gflop = (2 * images * side * side * to * window * window * from) / 1e9;
  for (const [direction, call] of Object.entries(calls) as [Direction, () => JaxArray][]) {
    const layer = `${window}x${window}/${stride} ${from}->${to} @${input}`;
    rows.push({ layer, direction, gflops: gflop / (await secondsOf(call)) });
  }
}
console.log(JSON.stringify(rows));
process.exit(0);
