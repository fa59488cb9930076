// Colours of a heat map: blue for positive values, orange for negative ones; nothing shows at 0. They are seen on light and dark paper alike.

const positive = [47, 129, 216] as const;
const negative = [217, 115, 13] as const;

/** Values as red, green, blue and opacity, 4 bytes each; `largest` or beyond in full. */
export const heatColours = (values: ArrayLike<number>, largest: number): Uint8ClampedArray<ArrayBuffer> => {
  const data = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    data.set(value < 0 ? negative : positive, 4 * i);
    data[4 * i + 3] = largest > 0 ? Math.round(255 * Math.min(1, Math.abs(value) / largest)) : 0;
  }
  return data;
};
