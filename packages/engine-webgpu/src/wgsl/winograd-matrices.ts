// The three matrices of Winograd's minimal filtering F(m, r): m outputs of a filter with r taps from n = m + r - 1 inputs by n multiplications,
//   outputs = A^T ((G filter) * (B^T inputs)),
// as Toom and Cook build them from n - 1 points and infinity. In two dimensions each is applied to the columns, then to the rows.

export type Matrix = readonly (readonly number[])[];

export interface Winograd {
  /** [n, n], applied to the inputs. */
  inputs: Matrix;
  /** [n, r], applied to the filter. */
  filter: Matrix;
  /** [m, n], applied to the products. */
  outputs: Matrix;
}

/** Points with small powers, because rounding errors grow with them; halves are inverses of twos, which keeps both small. */
const POINTS = [0, 1, -1, 2, -2, 1 / 2, -1 / 2];

/** Coefficients, lowest power first, of the product of (x - root). */
const polynomial = (roots: readonly number[]): number[] => {
  let coefficients = [1];
  for (const root of roots) {
    const shifted = [0, ...coefficients];
    coefficients = shifted.map((coefficient, i) => coefficient - root * (coefficients[i] ?? 0));
  }
  return coefficients;
};

/** point^0 to point^(count - 1). */
const powers = (point: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => point ** i);

/** @param outputs m, @param taps r; at most eight inputs */
export const winograd = (outputs: number, taps: number): Winograd => {
  const inputs = outputs + taps - 1;
  const points = POINTS.slice(0, inputs - 1);
  if (points.length < inputs - 1) throw new RangeError(`winograd: expected at most 8 inputs, got ${inputs}`);
  const others = points.map((point) => points.filter((other) => other !== point));
  const infinity = (size: number) => Array.from({ length: size }, (_, i) => (i === size - 1 ? 1 : 0));
  return {
    inputs: [...others.map((roots) => [...polynomial(roots), 0]), polynomial(points)],
    filter: [
      ...points.map((point, i) => {
        const scale = others[i]!.reduce((product, other) => product * (point - other), 1);
        return powers(point, taps).map((power) => power / scale);
      }),
      infinity(taps),
    ],
    outputs: infinity(outputs).map((last, i) => [...points.map((point) => point ** i), last]),
  };
};
