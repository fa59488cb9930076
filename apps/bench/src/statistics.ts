// Medians, which, unlike means, are not affected by disturbances of a shared machine.

/** The middle value, or the mean of the two middle ones. */
export const median = (values: readonly number[]): number => {
  if (values.length === 0) throw new RangeError("median: expected at least one value, got none");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
