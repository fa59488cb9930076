// Sums all ranks' arrays in one fixed order.
//
// The group only moves bytes, because MPI may add in any order. Each rank adds one part of all ranks' arrays; then every rank gets all parts.
import type { Group } from "./group.js";

/**
 * Sums arrays over the ranks of a group: neighbours first, then pairs of neighbours and so on.
 *
 * @param values this rank's array, of the same length on every rank, a multiple of the group's size
 * @param received buffer of the same length for the other ranks' parts
 * @param sums receives the sums on every rank; may be `values`
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

/** Adds to `sum` in float32: each sum is computed in double precision and rounded. */
export const add = (sum: Float32Array, values: Float32Array): void => {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + values[i]!;
};
