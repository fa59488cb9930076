// Headers made to take a reader's memory and time: refused in the time that it takes to look at each byte once.
import { expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../index.js";
import { MAX_HEADER } from "./header.js";

const MEGABYTES = Number(process.env.HEADER_MEGABYTES ?? 30);
const length = Math.min(MEGABYTES * 1e6, MAX_HEADER);

/** A file whose header is `before`, then `unit` over and over, then `after`. */
const file = (before: string, unit: string, after: string): Uint8Array => {
  const bytes = Buffer.alloc(8 + length);
  bytes.writeBigUInt64LE(BigInt(length));
  bytes.write(before, 8);
  const end = bytes.length - after.length;
  const units = Math.floor((end - 8 - before.length) / unit.length);
  bytes.fill(unit, 8 + before.length, 8 + before.length + units * unit.length);
  bytes.fill(" ", 8 + before.length + units * unit.length, end);
  bytes.write(after, end);
  return bytes;
};

test.each([
  ["tensors", '{"a":{}', ',"b":{}', "}", "1000000 values at most"],
  ["notes", '{"__metadata__":{"a":""', ',"a":""', "}}", "1000000 values at most"],
  ["sizes", '{"a":{"dtype":"F32","data_offsets":[0,0],"shape":[0', ",0", "]}}", "1000000 values at most"],
  ["arrays in arrays", '{"a":', "[", "", "nested 8 deep at most"],
  ["objects in objects", "{", '"a":{', "", "nested 8 deep at most"],
])("a header with millions of %s is refused at once", (_, before, unit, after, message) => {
  const bytes = file(before, unit, after);
  const { rss } = process.memoryUsage();
  const started = performance.now();
  expect(() => readSafetensors(bytes)).toThrow(message);
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(process.memoryUsage().rss - rss).toBeLessThan(100e6);
});

test("brackets and commas in names and notes do not count", () => {
  const name = '[{,"\\'.repeat(500_000);
  const read = readSafetensors(
    writeSafetensors([[name, { dtype: "U8", shape: [1], data: new Uint8Array([7]) }]], { [name]: name }),
  );
  expect([...read.tensors.keys()]).toEqual([name]);
});

test("100,000 tensors can be written and read, and a file with too many to read is not written", () => {
  const many = (count: number) =>
    Array.from(
      { length: count },
      (_, i) =>
        [`layer.${i}.weight`, { dtype: "U8", shape: [1, 1, 1, 1], data: new Uint8Array([i]) }] as const,
    );
  expect(readSafetensors(writeSafetensors(many(100_000))).tensors.size).toBe(100_000);
  expect(() => writeSafetensors(many(150_000))).toThrow(
    "writeSafetensors: expected a header of 1000000 values at most",
  );
});
