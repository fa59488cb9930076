import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arena } from "./arena.js";
import type { KernelMemory, NumberArray } from "./library.js";

const PAGE = 4096;

/** Chunks of at least 1 GB. */
const arena = () => {
  const buffers = new Set<ArrayBufferLike>();
  const memory: KernelMemory = {
    least: 4 * PAGE,
    unit: PAGE,
    copies: false,
    moves: false,
    owns: (buffer) => buffers.has(buffer),
    chunk(least) {
      const buffer = new ArrayBuffer(Math.max(least, 1e9 - (1e9 % PAGE)));
      buffers.add(buffer);
      return {
        bytes: buffer.byteLength,
        view: (type, offset, length) => new type(buffer, offset, length),
        release: () => void buffers.delete(buffer),
      };
    },
  };
  return new Arena(memory);
};
/** Memory of so many units of 64 bytes, in chunks of at least one, and the numbers of the chunks that were given back. */
const smallChunks = (units: number) => {
  let [left, chunks] = [units, 0];
  const given: number[] = [];
  const held = new Arena({
    least: 4,
    unit: 4,
    copies: false,
    moves: false,
    owns: () => true,
    chunk(least) {
      const bytes = Math.max(least, 64);
      if (bytes / 64 > left) throw new RangeError("no memory");
      left -= bytes / 64;
      const number = chunks++;
      return {
        bytes,
        view: (type, _, length) => new type(length),
        release: () => {
          given.push(number);
          left += bytes / 64;
        },
      };
    },
  });
  return { held, given, left: () => left };
};
/** An array of so many bytes, of 4 each. */
const bytesOf = (held: Arena, bytes: number) => held.take(Float32Array, bytes / 4);

describe("the arena", () => {
  it("gives back the chunks that hold nothing, and no others", () => {
    const { held, given } = smallChunks(10);
    const [first, second, third] = [64, 64, 64].map((bytes) => bytesOf(held, bytes));
    held.give(second!);
    expect(held.release()).toBe(true);
    expect(given).toEqual([1]);
    expect(held.release()).toBe(false);
    held.give(first!);
    bytesOf(held, 32);
    expect(held.release()).toBe(false);
    held.give(third!);
    expect(held.release()).toBe(true);
    expect(given).toEqual([1, 2]);
  });

  it("gives unused chunks back when there is no memory for a larger one, and asks again", () => {
    const { held, left } = smallChunks(3);
    const small = [1, 2, 3].map(() => bytesOf(held, 64));
    for (const array of small) held.give(array);
    const large = bytesOf(held, 192);
    expect(left()).toBe(0);
    expect(() => bytesOf(held, 64)).toThrow("no memory");
    held.give(large);
    expect(held.usedBytes).toBe(0);
  });

  it("counts nothing for an array that cannot be made", () => {
    const held = new Arena({
      least: 4,
      unit: 4,
      copies: false,
      moves: false,
      owns: () => true,
      chunk: (bytes) => ({
        bytes,
        view: () => {
          throw new RangeError("Invalid typed array length");
        },
        release: () => {},
      }),
    });
    expect(() => bytesOf(held, 64)).toThrow("Invalid typed array length");
    expect(held.usedBytes).toBe(0);
  });

  it("gives each array memory of its own, and has all memory again in the end", () => {
    const held = arena();
    const whole = bytesOf(held, 400e6);
    held.give(whole);
    const action = fc.record({
      pages: fc.integer({ min: 4, max: 5000 }),
      keep: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const live: { array: NumberArray; mark: number }[] = [];
        const drop = (index: number) => {
          const [gone] = live.splice(index, 1);
          // Arrays that overlap overwrite each other's marks.
          expect([gone!.array.at(0), gone!.array.at(-1)]).toEqual([gone!.mark, gone!.mark]);
          held.give(gone!.array);
        };
        for (const [mark, { pages, keep }] of actions.entries()) {
          const array = bytesOf(held, pages * PAGE);
          array[0] = mark;
          array[array.length - 1] = mark;
          live.push({ array, mark });
          if (keep < live.length && keep < 5) drop(keep);
        }
        while (live.length) drop(live.length >> 1);
        expect(held.usedBytes).toBe(0);
        const again = bytesOf(held, 400e6);
        expect(again.buffer === whole.buffer && again.byteOffset === whole.byteOffset).toBe(true);
        held.give(again);
      }),
    );
  });

  it("takes the lowest place that is large enough", () => {
    const held = arena();
    const [first, second] = [bytesOf(held, 8 * PAGE), bytesOf(held, 8 * PAGE)];
    held.give(first);
    expect(bytesOf(held, 9 * PAGE).byteOffset).toBe(second.byteOffset + 8 * PAGE);
    expect(bytesOf(held, 5 * PAGE).byteOffset).toBe(first.byteOffset);
  });

  it.each([Float32Array, Int32Array, Uint8Array])(
    "gives memory that moved as an array of its type: %o",
    (type) => {
      const held = arena();
      const array = held.take(type, 30_001);
      expect(array).toBeInstanceOf(type);
      const again = held.again(array, 30_001);
      expect(again).toBeInstanceOf(type);
      expect([again.byteOffset, again.length]).toEqual([array.byteOffset, 30_001]);
      held.give(again);
      expect(held.usedBytes).toBe(0);
    },
  );

  it("takes a byte for each value of a Uint8Array", () => {
    const held = arena();
    held.take(Uint8Array, 8 * PAGE - 1);
    expect(held.usedBytes).toBe(8 * PAGE);
  });

  it("leaves small arrays to V8", () => {
    const held = arena();
    const small = bytesOf(held, 100);
    expect(held.owns(small)).toBe(false);
    held.give(small);
    expect(held.usedBytes).toBe(0);
  });

  it("ignores an array that is freed twice", () => {
    const held = arena();
    const array = bytesOf(held, 8 * PAGE);
    held.give(array);
    held.give(array);
    const [one, other] = [bytesOf(held, 8 * PAGE), bytesOf(held, 8 * PAGE)];
    expect(one.byteOffset).not.toBe(other.byteOffset);
  });
});
