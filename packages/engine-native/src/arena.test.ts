import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arena } from "./arena.js";
import type { Native } from "./ffi.js";

/** The arena asks the library for the first aligned byte alone. */
const arena = () => new Arena({ mlpconv_prepare_buffer: () => 0 } as unknown as Native);
const bytesOf = (held: Arena, bytes: number) => new Uint8Array(...held.take(bytes), bytes);
const PAGE = 4096;

describe("the arena", () => {
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
        const live: { array: Uint8Array; mark: number }[] = [];
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
