import { expect, test } from "vitest";
import { inPieces } from "./pieces.js";

const numbers = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i + 1);

/** What one rank of a group would see whose other ranks send the same: its own parts, all of them from the part of number 1. */
const exchangeAsRank1 =
  (size: number, largest: number, calls: number[]) => async (sent: Uint8Array, received: Uint8Array) => {
    calls.push(received.byteLength);
    expect(received.byteLength).toBeLessThanOrEqual(largest);
    const part = sent.byteLength / size;
    for (let from = 0; from < size; from++) received.set(sent.subarray(part, 2 * part), from * part);
  };

test.each([6, 7, 14, 29, 30, 1000])(
  "an exchange of three parts of ten bytes, in pieces of up to %i bytes, is the same",
  async (largest) => {
    const received = new Uint8Array(30);
    const calls: number[] = [];
    await inPieces(
      numbers(30),
      received,
      { sent: 3, received: 3 },
      exchangeAsRank1(3, largest, calls),
      largest,
    );
    const part = [11, 12, 13, 14, 15, 16, 17, 18, 19, 20];
    expect([...received]).toEqual([...part, ...part, ...part]);
    expect(calls.length).toBe(Math.ceil(10 / Math.floor(Math.min(largest, 30) / 3)));
  },
);

test("a gather in pieces puts each rank's bytes together", async () => {
  const received = new Uint8Array(10);
  await inPieces(
    numbers(5),
    received,
    { sent: 1, received: 2 },
    async (sent, all) => {
      all.set(sent);
      all.set(
        sent.map((value) => 100 + value),
        sent.byteLength,
      );
    },
    4,
  );
  expect([...received]).toEqual([1, 2, 3, 4, 5, 101, 102, 103, 104, 105]);
});
