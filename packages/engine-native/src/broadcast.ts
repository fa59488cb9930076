// How two shapes are read as one: axes that lie the same way in both are merged, until at most four are left.

export interface Broadcast {
  /** Sizes of the output, always four. */
  sizes: Int32Array;
  /** How far apart neighbours along each axis lie, in values; 0 along an axis that is repeated. */
  a: Int32Array;
  b: Int32Array;
}

const AXES = 4;

/** @returns undefined when more than four axes are left */
export const broadcast = (
  aShape: readonly number[],
  bShape: readonly number[],
  shape: readonly number[],
): Broadcast | undefined => {
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
  if (merged.length > AXES) return undefined;
  while (merged.length < AXES) merged.unshift({ size: 1, a: false, b: false });
  const strides = (side: "a" | "b") => {
    const result = new Int32Array(AXES);
    let stride = 1;
    for (let i = AXES - 1; i >= 0; i--) {
      if (!merged[i]![side]) continue;
      result[i] = stride;
      stride *= merged[i]!.size;
    }
    return result;
  };
  return { sizes: Int32Array.from(merged, ({ size }) => size), a: strides("a"), b: strides("b") };
};
