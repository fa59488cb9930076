// The format in memory: what is written is read back, and each broken rule is named.
import { describe, expect, test } from "vitest";
import { readSafetensors, type SafeTensor, SafetensorsError, toFloat32, writeSafetensors } from "../index.js";

/** A file with this header, as text or as an object, over `data` bytes of zeros. */
const file = (header: unknown, data = 0): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
};
const f32 = (shape: number[], begin: number, end: number) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

const all: [string, SafeTensor][] = [
  ["bytes", { dtype: "U8", shape: [3], data: new Uint8Array([1, 2, 255]) }],
  ["weight", { dtype: "F32", shape: [2, 2], data: new Float32Array([1, -2.5, Number.NaN, 3e38]) }],
  ["bias", { dtype: "F32", shape: [1], data: new Float32Array([0.1]) }],
  ["scalar", { dtype: "F64", shape: [], data: new Float64Array([Math.PI]) }],
  ["steps", { dtype: "I64", shape: [2], data: new BigInt64Array([-1n, 2n ** 62n]) }],
  ["labels", { dtype: "I32", shape: [1], data: new Int32Array([-7]) }],
  ["empty", { dtype: "F32", shape: [0, 5], data: new Float32Array(0) }],
  ["0", { dtype: "BOOL", shape: [1], data: new Uint8Array([1]) }],
  ["__proto__", { dtype: "BF16", shape: [1], data: new Uint16Array([0x3f80]) }],
];

describe("a file", () => {
  test("gives back every dtype, shape, name and note", () => {
    const metadata = { format: "pt", schlüssel: "значение 🙂" };
    const read = readSafetensors(writeSafetensors(all, metadata));
    expect(read.metadata).toEqual(metadata);
    expect(read.tensors).toEqual(new Map(all));
  });

  test("has a header of a multiple of 8 bytes, wide elements first and else the order given", () => {
    const bytes = writeSafetensors(all);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const begins = Object.entries(header).map(([name, info]) => [
      name,
      (info as { data_offsets: number[] }).data_offsets[0],
    ]);
    const order = begins.toSorted(([, a], [, b]) => Number(a) - Number(b)).map(([name]) => name);
    expect(order.filter((name) => name !== "empty")).toEqual([
      "scalar",
      "steps",
      "weight",
      "bias",
      "labels",
      "__proto__",
      "bytes",
      "0",
    ]);
  });

  test("without tensors is valid", () => {
    expect(readSafetensors(writeSafetensors([])).tensors.size).toBe(0);
    expect(readSafetensors(file("{}")).metadata).toEqual({});
  });

  test("is read from a view into a larger buffer, into memory of its own", () => {
    const bytes = writeSafetensors([["w", { dtype: "F32", shape: [1], data: new Float32Array([7]) }]]);
    const larger = new Uint8Array(bytes.length + 5);
    larger.set(bytes, 3);
    const { tensors } = readSafetensors(larger.subarray(3, 3 + bytes.length));
    larger.fill(0);
    expect(tensors.get("w")!.data).toEqual(new Float32Array([7]));
  });
});

describe("reading refuses", () => {
  test.each<[string, Uint8Array, string | RegExp]>([
    ["seven bytes", new Uint8Array(7), "expected the header's length in the first 8 bytes, got 7 bytes"],
    [
      "torch.save's zip archive",
      Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 8, 8),
      "got a zip archive, such as PyTorch's",
    ],
    [
      "a header past the limit",
      new Uint8Array(8).fill(255),
      "expected a header of at most 100000000 bytes, got 18446744073709551615",
    ],
    [
      "a header longer than the file",
      file("{}").subarray(0, 9),
      "expected a header of 2 bytes, got a file of 9 bytes",
    ],
    ["an empty header", file(""), 'expected a header that starts with "{", got byte none'],
    ["a header with a space in front", file(" {}"), 'expected a header that starts with "{", got byte 32'],
    ["an array", file("[]"), 'starts with "{"'],
    ["broken JSON", file('{"a":'), "expected a header of JSON in UTF-8"],
    ["bytes that are not UTF-8", file("{}").fill(0xff, 9), "expected a header of JSON in UTF-8"],
    [
      "a name twice",
      file(`{"a":${JSON.stringify(f32([1], 0, 4))},"\\u0061":${JSON.stringify(f32([1], 0, 4))}}`, 4),
      'expected each key once in the header, got "a" twice',
    ],
    ["a key twice within", file('{"a":{"dtype":"U8","dtype":"I8"}}'), 'got "dtype" twice'],
    ["metadata that is a list", file({ __metadata__: [] }), "expected __metadata__ from strings to strings"],
    [
      "metadata of numbers",
      file({ __metadata__: { a: 1 } }),
      'expected __metadata__ "a" to be a string, got 1',
    ],
    [
      "null for a tensor",
      file({ a: null }),
      'expected tensor "a" to have dtype, shape and data_offsets, got null',
    ],
    ["an unknown dtype", file({ a: { ...f32([1], 0, 4), dtype: "F33" } }, 4), 'got "F33"'],
    ["a dtype that is a method", file({ a: { ...f32([1], 0, 4), dtype: "toString" } }, 4), 'got "toString"'],
    ["a negative size", file({ a: f32([-1], 0, 4) }, 4), "whole numbers from 0 up, got [-1]"],
    ["a broken size", file({ a: f32([0.5], 0, 2) }, 2), "whole numbers from 0 up, got [0.5]"],
    ["no shape", file({ a: { dtype: "F32", data_offsets: [0, 4] } }, 4), "whole numbers from 0 up, got none"],
    ["offsets that run back", file({ a: f32([1], 4, 0) }, 4), "begin <= end, got [4,0]"],
    ["three offsets", file({ a: { ...f32([1], 0, 4), data_offsets: [0, 4, 4] } }, 4), "got [0,4,4]"],
    [
      "a size that the shape does not have",
      file({ a: f32([2], 0, 4) }, 4),
      'expected tensor "a" to have 8 bytes by its dtype F32 and shape [2], got 4',
    ],
    ["a shape past every number", file({ a: f32([2 ** 40, 2 ** 40], 0, 4) }, 4), "less than 2^53 bytes"],
    [
      "a shape past every number that comes to nothing",
      file({ a: f32([2 ** 52, 2 ** 52, 0], 0, 0) }),
      "less than 2^53 bytes",
    ],
    ["a hole", file({ a: f32([1], 0, 4), b: f32([1], 5, 9) }, 9), 'expected tensor "b" to begin at 4'],
    ["a hole at the start", file({ a: f32([1], 4, 8) }, 8), 'expected tensor "a" to begin at 0'],
    ["an overlap", file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8), 'expected tensor "b" to begin at 8'],
    ["bytes behind the last tensor", file({ a: f32([1], 0, 4) }, 5), "expected 4 bytes of data, got 5"],
    ["data that is cut", file({ a: f32([1], 0, 4) }, 3), "expected 4 bytes of data, got 3"],
  ])("%s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test("with a short message whatever the header holds", () => {
    const bytes = file({ ["x".repeat(100_000)]: 1 });
    expect(() => readSafetensors(bytes)).toThrow(/^readSafetensors: .{1,300}$/);
  });

  test("a deeply nested header without a crash", () => {
    expect(() => readSafetensors(file(`{"a":${"[".repeat(1_000_000)}`))).toThrow(SafetensorsError);
    const deep = 1_000_000;
    expect(() => readSafetensors(file(`{"a":${"[".repeat(deep)}${"]".repeat(deep)}}`))).toThrow(
      SafetensorsError,
    );
  });
});

describe("writing refuses", () => {
  const one = (changes: object): [string, SafeTensor][] => [
    ["w", { dtype: "F32", shape: [1], data: new Float32Array(1), ...changes } as SafeTensor],
  ];
  test.each<[string, [string, SafeTensor][], Record<string, string> | undefined, string]>([
    ["a name twice", [...one({}), ...one({})], {}, 'expected each name once, got "w" twice'],
    ["the format's own name", [["__metadata__", one({})[0]![1]]], {}, "which the format keeps"],
    ["half a character", [["\ud800", one({})[0]![1]]], {}, "names of whole characters"],
    ["an unknown dtype", one({ dtype: "float32" }), {}, 'dtype of the format, got "float32"'],
    ["a broken shape", one({ shape: [1.5] }), {}, "whole numbers from 0 up, got [1.5]"],
    ["too much data", one({ data: new Float32Array(2) }), {}, '"w" to have 1 elements in a Float32Array'],
    ["another array", one({ data: new Int32Array(1) }), {}, "got Int32Array of 4 bytes"],
    ["notes that are no strings", one({}), { a: 1 as unknown as string }, 'metadata "a" to be a string'],
    ["half a character in a note", one({}), { a: "\udc00" }, "metadata of whole characters"],
  ])("%s", (_, tensors, metadata, message) => {
    expect(() => writeSafetensors(tensors, metadata)).toThrow(SafetensorsError);
    expect(() => writeSafetensors(tensors, metadata)).toThrow(message);
  });
});

describe("toFloat32", () => {
  test("gives the values of 16-bit floats: normal, subnormal, infinite, not a number", () => {
    const data = new Uint16Array([0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7e00, 0x3555]);
    expect([...toFloat32({ dtype: "F16", shape: [9], data })]).toEqual([
      1,
      -2,
      65504,
      2 ** -24,
      -0,
      Infinity,
      -Infinity,
      Number.NaN,
      0.333251953125,
    ]);
  });

  test("gives the values of bfloat16, the upper half of a float32", () => {
    const data = new Uint16Array([0x3f80, 0xc000, 0x7f80, 0x4049]);
    expect([...toFloat32({ dtype: "BF16", shape: [4], data })]).toEqual([1, -2, Infinity, 3.140625]);
  });

  test("rounds F64 and refuses whole numbers", () => {
    const data = new Float64Array([0.1]);
    expect([...toFloat32({ dtype: "F64", shape: [1], data })]).toEqual([Math.fround(0.1)]);
    expect(() => toFloat32({ dtype: "I32", shape: [1], data: new Int32Array(1) })).toThrow(
      "expected F64, F32, F16 or BF16, got I32",
    );
  });
});
