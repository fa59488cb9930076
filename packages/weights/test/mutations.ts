// Valid files and ways to spoil them.
import fc from "fast-check";
import type { SafeTensor } from "../src/index.js";

const tensor: fc.Arbitrary<SafeTensor> = fc
  .record({
    type: fc.constantFrom(
      ["F32", Float32Array] as const,
      ["F64", Float64Array] as const,
      ["I32", Int32Array] as const,
      ["U8", Uint8Array] as const,
      ["BF16", Uint16Array] as const,
    ),
    shape: fc.array(fc.nat(3), { maxLength: 3 }),
  })
  .map(({ type: [dtype, array], shape }) => {
    const data = new array(shape.reduce((a, b) => a * b, 1)).map((_, i) => i + 1);
    return { dtype, shape, data } as SafeTensor;
  });
export const tensors = fc.dictionary(fc.string({ unit: "grapheme", maxLength: 8 }), tensor, { maxKeys: 5 });

/** One change to a file's bytes, at a place given as a share of its length. */
export interface Mutation {
  kind: string;
  at: number;
  value: number;
}
export const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("flip", "set", "cut", "insert", "repeat", "digit"),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  value: fc.integer({ min: 0, max: 255 }),
});
export const mutate = (bytes: Uint8Array, { kind, at, value }: Mutation): Uint8Array => {
  const place = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  if (kind === "cut") return new Uint8Array([...before, ...after.subarray(1 + (value % 16))]);
  if (kind === "insert") return new Uint8Array([...before, value, ...after]);
  if (kind === "repeat") return new Uint8Array([...before, ...after.subarray(0, value % 64), ...after]);
  const changed = bytes.slice();
  // A digit put for a digit keeps the header valid JSON, with other offsets and shapes.
  const digits = [...bytes.keys()].filter((i) => i >= 8 && bytes[i]! >= 48 && bytes[i]! <= 57);
  if (kind === "digit" && digits.length > 0) {
    changed[digits[Math.floor(at * digits.length)]!] = 48 + (value % 10);
  } else if (changed.length > 0) {
    changed[place] = kind === "flip" ? changed[place]! ^ (1 << (value % 8)) : value;
  }
  return changed;
};
