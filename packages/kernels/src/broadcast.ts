// Computes a common indexing of two broadcast shapes: axes with the same layout in both are merged, to at most four axes.

/** `struct BroadcastShape` of native/kernels.h: four sizes of the output, four strides of a and four of b, in values; 0 along a repeated axis. */
export type BroadcastShape = Int32Array;

const AXES = 4;

/** @returns undefined if more than four axes remain */
export const broadcast = (
  aShape: readonly number[],
  bShape: readonly number[],
  shape: readonly number[],
): BroadcastShape | undefined => {
  const merged: { size: number; a: boolean; b: boolean }[] = [];
  for (const [i, size] of shape.entries()) {
    if (size === 1) continue;
    // Shapes are aligned at their ends.
    const has = (own: readonly number[]) => (own[i - shape.length + own.length] ?? 1) !== 1;
    const axis = { size, a: has(aShape), b: has(bShape) };
    const last = merged.at(-1);
    if (last && last.a === axis.a && last.b === axis.b) last.size *= size;
    else merged.push(axis);
  }
  const missing = AXES - merged.length;
  if (missing < 0) return undefined;
  const result = new Int32Array(3 * AXES).fill(1, 0, missing);
  let [aStride, bStride] = [1, 1];
  for (let i = merged.length - 1; i >= 0; i--) {
    const { size, a, b } = merged[i]!;
    const at = missing + i;
    result[at] = size;
    if (a) {
      result[AXES + at] = aStride;
      aStride *= size;
    }
    if (b) {
      result[2 * AXES + at] = bStride;
      bStride *= size;
    }
  }
  return result;
};
