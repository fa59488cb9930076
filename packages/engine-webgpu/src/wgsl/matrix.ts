// One of the two matrices of a product, and the code by which a workgroup's threads copy a block of it into workgroup memory.
import type { VectorWidth } from "./vector.js";

/** A matrix, given by its entries. */
export interface Matrix<Index> {
  /** The body of a WGSL function of `row` and `k`, or `k` and `column`. */
  entry: string;
  /** The index along which entries are contiguous in memory: neighbouring threads read neighbouring entries. */
  contiguous: Index;
  /** Number of contiguous entries that `entry` returns. The size along them is a multiple of it. */
  vectorWidth: VectorWidth;
}

interface Block {
  name: string;
  /** Vectors of four rows (or columns). */
  vectors: number;
  /** Distance in vectors from one k to the next in workgroup memory. */
  stride: number;
  /** Size of the block along k. */
  blockK: number;
  threads: number;
  /** WGSL expression of a thread's index among the threads that load this matrix. */
  thread: string;
  /** WGSL expression of the entry at row (or column) i of the tile, and k. */
  at: (i: string, k: string) => string;
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * Statements that `declare` a thread's registers, `prefetch` the block that starts at `begin` into them, and `write` them to workgroup memory, as
 * vectors of four rows (or columns) at one k, which can be multiplied without rearranging. A thread issues all its reads before it waits for the
 * first. `copy` reads and writes in a loop, one vector after another.
 */
export const blockLoader = (
  { vectorWidth, contiguous }: Matrix<string>,
  { name, vectors, stride, blockK, threads, thread, at }: Block,
) => {
  const alongK = contiguous === "k";
  // Vectors of four along k are transposed in groups of four.
  const transposes = alongK && vectorWidth === 4;
  const loadsAlongK = transposes ? blockK / 4 : blockK;
  const registersPerLoad = transposes ? 4 : 1;
  const count = loadsAlongK * vectors;
  const rounds = range(Math.ceil(count / threads));
  const registers = `registers_${name}`;

  const position = alongK
    ? `let k = i % ${loadsAlongK}u; let vector = i / ${loadsAlongK}u;`
    : `let vector = i % ${vectors}u; let k = i / ${vectors}u;`;
  const round = (i: number, body: string): string => {
    const index = `let i = ${thread} + ${i * threads}u;`;
    const all = (i + 1) * threads <= count;
    return `{ ${index} ${position} ${all ? body : `if (i < ${count}u) { ${body} }`} }`;
  };
  const read = (i: number): string => {
    const entries = range(4).map((j) => `vector * 4u + ${j}u`);
    if (transposes)
      return entries.map((row, j) => `${registers}[${i * 4 + j}] = ${at(row, "begin + k * 4u")};`).join(" ");
    return `${registers}[${i}] = ${vectorWidth === 4 ? at("vector * 4u", "begin + k") : `vec4f(${entries.map((row) => at(row, "begin + k"))})`};`;
  };
  const write = (i: number): string => {
    const call = (k: string, values: string) => `write_${name}((${k}) * ${stride}u + vector, ${values});`;
    if (!transposes) return call("k", `${registers}[${i}]`);
    const transposed = `let transposed = transpose(mat4x4f(${range(4).map((j) => `${registers}[${i * 4 + j}]`)}));`;
    return [transposed, ...range(4).map((j) => call(`k * 4u + ${j}u`, `transposed[${j}]`))].join(" ");
  };
  return {
    declare: `var ${registers}: array<vec4f, ${rounds.length * registersPerLoad}>;`,
    prefetch: rounds.map((i) => round(i, read(i))).join("\n      "),
    write: rounds.map((i) => round(i, write(i))).join("\n      "),
    copy: `for (var i = local; i < ${count}u; i += ${threads}u) { ${position} ${read(0)} ${write(0)} }`,
  };
};

export type BlockLoader = ReturnType<typeof blockLoader>;
