import { expect, test } from "vitest";
import { tfRecord } from "./tf-record.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** CRC-32C by its definition, bit by bit (RFC 3720, polynomial 0x1edc6f41 reflected). */
const crc32c = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
};
const unmasked = (crc: number): number => {
  const rotated = (crc - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
};

test("the checksum of the reference is that of RFC 3720", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

test.each([0, 1, 7, 300, 70_000])("%i bytes stand between their length and their checksums", (length) => {
  const data = Uint8Array.from({ length }, (_, i) => i * 31);
  const record = tfRecord(data);
  const view = new DataView(record.buffer);
  expect(record.length).toBe(length + 16);
  expect(view.getBigUint64(0, true)).toBe(BigInt(length));
  expect(unmasked(view.getUint32(8, true))).toBe(crc32c(record.subarray(0, 8)));
  expect(hex(record.subarray(12, 12 + length))).toBe(hex(data));
  expect(unmasked(view.getUint32(12 + length, true))).toBe(crc32c(data));
});
