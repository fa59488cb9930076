import { localGroups } from "@mlpconv/testing";
import { expect, test } from "vitest";
import { sumOverRanks } from "./sum-over-ranks.js";

/** What every rank gets. */
const sums = (values: readonly Float32Array[]): Promise<Float32Array[]> =>
  Promise.all(
    localGroups(values.length).map(async (group) => {
      const mine = values[group.rank]!;
      const result = new Float32Array(mine.length);
      await sumOverRanks(group, mine, new Float32Array(mine.length), result);
      return result;
    }),
  );

test.each([1, 2, 3, 4, 8])("%d ranks all get the sum", async (ranks) => {
  const values = Array.from({ length: ranks }, (_, rank) =>
    Float32Array.from({ length: 2 * ranks }, (_, i) => i + 10 * rank),
  );
  const expected = values[0]!.map((_, i) => values.reduce((sum, array) => sum + array[i]!, 0));
  for (const result of await sums(values)) expect(result).toEqual(expected);
});

test("neighbours are added first, then pairs", async () => {
  // 1e8 + 1 is 1e8 in float32: only a sum of neighbours keeps the ones.
  const values = [1e8, -1e8, 1, 1].map((value) => new Float32Array(4).fill(value));
  for (const result of await sums(values)) expect(result[0]).toBe(2);
  const others = [1e8, 1, -1e8, 1].map((value) => new Float32Array(4).fill(value));
  for (const result of await sums(others)) expect(result[0]).toBe(0);
});
