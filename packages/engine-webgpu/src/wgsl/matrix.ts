// One of the two matrices of a product, and how a workgroup's threads bring their share of it from memory into the workgroup's own.
import type { Lanes } from "./vector.js";

/** A matrix by its entries. */
export interface Matrix<Along> {
  /** The body of a function of `row` and `k`, or `k` and `column`. */
  entry: string;
  /** The index along which entries lie next to one another: neighbouring threads take neighbours. */
  along: Along;
  /** How many of those neighbours `entry` returns at once. The size along them is a multiple of it. */
  lanes: Lanes;
}

interface Sharing {
  name: string;
  /** Vectors of four rows (or columns). */
  quads: number;
  /** Vectors from one k to the next in workgroup memory. */
  stride: number;
  /** Terms at once. */
  step: number;
  threads: number;
  /** A thread's number among those that bring this side. */
  first: string;
  /** The entry at row (or column) i of the tile, and k. */
  at: (i: string, k: string) => string;
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * Statements that `declare` what a thread holds, `fetch` a step that starts at `begin`, and `keep` it: as vectors of four rows (or columns) at one k, which a thread
 * then multiplies without moving them. All of a thread's reads begin before the first is waited for. `bring` is both in a loop, one vector after another.
 */
export const shareOf = (
  { lanes, along }: Matrix<string>,
  { name, quads, stride, step, threads, first, at }: Sharing,
) => {
  const alongK = along === "k";
  // Four vectors along k are four along the rows once they are turned.
  const blocks = alongK && lanes === 4;
  const high = blocks ? step / 4 : step;
  const each = blocks ? 4 : 1;
  const count = high * quads;
  const turns = range(Math.ceil(count / threads));
  const held = `held_${name}`;

  const place = alongK
    ? `let k = i % ${high}u; let quad = i / ${high}u;`
    : `let quad = i % ${quads}u; let k = i / ${quads}u;`;
  const turn = (i: number, body: string): string => {
    const own = `let i = ${first} + ${i * threads}u;`;
    const all = (i + 1) * threads <= count;
    return `{ ${own} ${place} ${all ? body : `if (i < ${count}u) { ${body} }`} }`;
  };
  const fetch = (i: number): string => {
    const entries = range(4).map((j) => `quad * 4u + ${j}u`);
    if (blocks)
      return entries.map((row, j) => `${held}[${i * 4 + j}] = ${at(row, "begin + k * 4u")};`).join(" ");
    return `${held}[${i}] = ${lanes === 4 ? at("quad * 4u", "begin + k") : `vec4f(${entries.map((row) => at(row, "begin + k"))})`};`;
  };
  const keep = (i: number): string => {
    const put = (k: string, value: string) => `keep_${name}((${k}) * ${stride}u + quad, ${value});`;
    if (!blocks) return put("k", `${held}[${i}]`);
    const turned = `let turned = transpose(mat4x4f(${range(4).map((j) => `${held}[${i * 4 + j}]`)}));`;
    return [turned, ...range(4).map((j) => put(`k * 4u + ${j}u`, `turned[${j}]`))].join(" ");
  };
  return {
    declare: `var ${held}: array<vec4f, ${turns.length * each}>;`,
    fetch: turns.map((i) => turn(i, fetch(i))).join("\n      "),
    keep: turns.map((i) => turn(i, keep(i))).join("\n      "),
    bring: `for (var i = local; i < ${count}u; i += ${threads}u) { ${place} ${fetch(0)} ${keep(0)} }`,
  };
};

export type Share = ReturnType<typeof shareOf>;
