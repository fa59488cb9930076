// Malformed files: an error of ours or the truth, never a crash, a hang or an accepted lie. `FUZZ_RUNS=100000` runs it at length.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { readSafetensors, type SafeTensor, SafetensorsError, writeSafetensors } from "../src/index.js";
import { readSafetensorsFile, writeSafetensorsFile } from "../src/node/index.js";
import { mutate, mutation, tensors } from "./mutations.js";

const runs = Number(process.env.FUZZ_RUNS ?? 6_000);
const timeout = 60_000 + runs * 10;

const widths: Record<string, number> = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** What a file truly says, or nothing when it says nothing: the rules of the format once more, written another way. */
const truth = (bytes: Uint8Array): Map<string, { dtype: string; shape: number[]; data: Uint8Array }> => {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const data = bytes.subarray(8 + length);
  const owners = new Uint8Array(data.length);
  const found = new Map<string, { dtype: string; shape: number[]; data: Uint8Array }>();
  for (const [name, info] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const { dtype, shape, data_offsets } = info as { dtype: string; shape: number[]; data_offsets: number[] };
    const [begin, end] = data_offsets as [number, number];
    const size = shape.reduce((product, side) => product * BigInt(side), BigInt(widths[dtype]!));
    expect(BigInt(end - begin)).toBe(size);
    for (let i = begin; i < end; i++) owners[i]!++;
    found.set(name, { dtype, shape, data: data.slice(begin, end) });
  }
  // Every byte belongs to one tensor.
  expect(owners.every((count) => count === 1)).toBe(true);
  return found;
};

/** Reads; when that succeeds, what was read must be what the bytes say. */
const readsTruly = (bytes: Uint8Array): boolean => {
  let read: ReturnType<typeof readSafetensors>;
  try {
    read = readSafetensors(bytes);
  } catch (error) {
    if (error instanceof SafetensorsError && error.message.length < 600) return false;
    throw error;
  }
  const expected = truth(bytes);
  expect([...read.tensors.keys()]).toEqual([...expected.keys()]);
  for (const [name, { dtype, shape, data }] of read.tensors) {
    const { data: raw, ...type } = expected.get(name)!;
    expect({ dtype, shape }).toEqual(type);
    expect(Buffer.compare(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), raw)).toBe(0);
  }
  return true;
};

const metadata = fc.dictionary(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 }), { maxKeys: 3 });
const fresh = (entries: Record<string, SafeTensor>, notes: Record<string, string>) =>
  writeSafetensors(Object.entries(entries), notes);

test("any bytes are refused or parsed correctly", { timeout }, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void readsTruly(bytes)),
    { numRuns: Math.ceil(runs * 0.1) },
  );
});

test("a valid file with changed bytes is refused or parsed correctly", { timeout }, () => {
  fc.assert(
    fc.property(
      tensors,
      metadata,
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      (entries, notes, changes) => void readsTruly(changes.reduce(mutate, fresh(entries, notes))),
    ),
    { numRuns: Math.ceil(runs * 0.4) },
  );
});

test("a header of any values is refused or parsed correctly", { timeout }, () => {
  const number = fc.oneof(
    fc.nat(8),
    fc.constantFrom(-1, -0, 0.5, 1e300, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64),
  );
  const numbers = fc.array(number, { maxLength: 3 });
  const whole = fc.record({
    dtype: fc.constantFrom(...Object.keys(widths)),
    shape: fc.array(fc.nat(2), { maxLength: 2 }),
    data_offsets: fc.tuple(fc.nat(8), fc.nat(8)),
  });
  const wild = fc.record(
    {
      dtype: fc.oneof(fc.constantFrom("F32", "U8", "F8", "constructor", "f32"), fc.anything()),
      shape: fc.oneof(numbers, fc.anything()),
      data_offsets: fc.oneof(numbers, fc.anything()),
    },
    { requiredKeys: [] },
  );
  const header = fc.dictionary(
    fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("__metadata__", "__proto__", "constructor")),
    fc.oneof({ weight: 6, arbitrary: whole }, { weight: 2, arbitrary: wild }, fc.anything()),
    { maxKeys: 3 },
  );
  const plain = (value: unknown) =>
    JSON.stringify(value, (_, item) => (typeof item === "bigint" ? Number(item) : item));
  let accepted = 0;
  fc.assert(
    fc.property(header, fc.nat(16), (value, dataLength) => {
      const json = new TextEncoder().encode(plain(value));
      const bytes = new Uint8Array(8 + json.length + dataLength);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
      bytes.set(json, 8);
      if (readsTruly(bytes)) accepted++;
    }),
    { numRuns: Math.ceil(runs * 0.4) },
  );
  // Some of these files are valid, so that the truth is put to the test as well.
  expect(accepted).toBeGreaterThan(0);
});

const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a checksummed file with changed bytes is refused", { timeout }, async () => {
  const path = join(folder, "checkpoint.safetensors");
  await writeSafetensorsFile(
    path,
    [
      ["0.weight", { dtype: "F32", shape: [3, 2], data: new Float32Array([1, 2, 3, 4, 5, 6]) }],
      ["step", { dtype: "I64", shape: [], data: new BigInt64Array([7n]) }],
    ],
    { metadata: { epoch: "3" }, checksum: true },
  );
  const good = new Uint8Array(readFileSync(path));
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (changes) => {
      const bytes = changes.reduce(mutate, good);
      fc.pre(Buffer.compare(bytes, good) !== 0);
      writeFileSync(path, bytes);
      await expect(readSafetensorsFile(path, { checksum: true })).rejects.toThrow(SafetensorsError);
    }),
    { numRuns: Math.ceil(runs * 0.1) },
  );
});
