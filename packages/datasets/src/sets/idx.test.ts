// Files that are well formed and ill formed; test/fuzz.test.ts has those that are made up.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DatasetError } from "../dataset-error.js";
import { idxHeader, parseIdx } from "./idx.js";

/** A well-formed file of these sizes. */
const idx = (shape: number[], values: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 + shape.length);
  for (const [i, size] of shape.entries()) view.setUint32(4 + 4 * i, size);
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
};

const messageOf = (bytes: Uint8Array): string => {
  try {
    parseIdx(bytes, "file");
  } catch (error) {
    if (error instanceof DatasetError && error.code === "damaged") return error.message;
    throw error;
  }
  return "accepted";
};

describe("parseIdx", () => {
  it("reads sizes big-endian and gives the values without copying them", () => {
    const bytes = idx([2, 1, 3], Uint8Array.of(1, 2, 3, 4, 5, 255));
    const { shape, values } = parseIdx(bytes, "file");
    expect(shape).toEqual([2, 1, 3]);
    expect([...values]).toEqual([1, 2, 3, 4, 5, 255]);
    expect(values.buffer).toBe(bytes.buffer);
  });

  it("reads a view that does not start at its buffer's beginning", () => {
    const whole = new Uint8Array([9, 9, 9, ...idx([2], Uint8Array.of(7, 8))]);
    expect([...parseIdx(whole.subarray(3), "file").values]).toEqual([7, 8]);
  });

  it("names the file, what it expected and what it got", () => {
    const good = idx([2, 2], Uint8Array.of(1, 2, 3, 4));
    expect(messageOf(good.subarray(0, 3))).toBe(
      "file: expected an IDX header of 4 bytes or more, got 3 bytes",
    );
    expect(messageOf(good.subarray(0, 9))).toBe(
      "file: expected an IDX header of 12 bytes (2 dimensions), got 9 bytes",
    );
    expect(messageOf(good.subarray(0, 15))).toBe(
      "file: expected 16 bytes (its header says 2x2), got 15 (truncated)",
    );
    expect(messageOf(new Uint8Array([...good, 0]))).toBe(
      "file: expected 16 bytes (its header says 2x2), got 17 (too long)",
    );
    const magic = "file: expected the magic number of an IDX file of bytes (0x00000801 to 0x000008ff), got ";
    expect(messageOf(Uint8Array.of(0x1f, 0x8b, 8, 0))).toBe(`${magic}0x1f8b0800`);
    expect(messageOf(Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0))).toBe(`${magic}0x00000d01`);
    expect(messageOf(Uint8Array.of(0, 0, 8, 0))).toBe(`${magic}0x00000800`);
    expect(messageOf(idx([3, 0], new Uint8Array()))).toBe("file: expected sizes of 1 or more, got 3x0");
  });

  it("refuses sizes whose product wraps round to the file's length", () => {
    expect(messageOf(idx([65536, 65536, 65536], new Uint8Array()))).toMatch(/truncated/);
    expect(messageOf(idx([2 ** 31, 2, 1], new Uint8Array()))).toMatch(/truncated/);
  });

  it("gives back any array that was written", () => {
    const arrays = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return fc.tuple(fc.constant(shape), fc.uint8Array({ minLength: length, maxLength: length }));
    });
    fc.assert(
      fc.property(arrays, ([shape, values]) => {
        const read = parseIdx(idx(shape, values), "file");
        expect(read.shape).toEqual(shape);
        expect([...read.values]).toEqual([...values]);
      }),
    );
  });
});

describe("idxHeader", () => {
  it("begins a file that parseIdx reads", () => {
    const values = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect(parseIdx(new Uint8Array([...idxHeader([1, 2, 3]), ...values]), "file")).toEqual({
      shape: [1, 2, 3],
      values,
    });
    expect([...idxHeader([60_000, 28, 28])]).toEqual([0, 0, 8, 3, 0, 0, 234, 96, 0, 0, 0, 28, 0, 0, 0, 28]);
  });

  it.each([[[]], [[0]], [[2, 1.5]], [[-1]], [[2 ** 32]], [Array(256).fill(1)]])("refuses %j", (shape) => {
    expect(() => idxHeader(shape)).toThrow(
      /^idxHeader: expected 1 to 255 whole sizes from 1 to 2\^32 - 1, got \[/,
    );
  });
});
