// The sum of all ranks' arrays in one fixed order.
//
// The group moves bytes and adds nothing itself, because MPI may add in any order. Each rank adds one part of all ranks' arrays, then all get all parts.
import type { Group } from "./group.js";

/**
 * Sums arrays over the ranks of a group: neighbours first, then pairs of neighbours and so on.
 *
 * @param values this rank's array; its length is the same on every rank and a multiple of the group's size
 * @param received memory of the same length for what comes from the others
 * @param sums gets the sums, on every rank; may be `values`
 */
export const sumOverRanks = async (
  group: Pick<Group, "size" | "exchange" | "gather">,
  values: Float32Array,
  received: Float32Array,
  sums: Float32Array,
): Promise<void> => {
  await group.exchange(values, received);
  const length = received.length / group.size;
  const part = (rank: number) => received.subarray(rank * length, (rank + 1) * length);
  for (let distance = 1; distance < group.size; distance *= 2) {
    for (let rank = 0; rank + distance < group.size; rank += 2 * distance)
      add(part(rank), part(rank + distance));
  }
  await group.gather(part(0), sums);
};

/** Adds to `sum` in float32: each sum in double precision, rounded. */
export const add = (sum: Float32Array, values: Float32Array): void => {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + values[i]!;
};
