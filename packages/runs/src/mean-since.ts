// The mean over some steps of an epoch, from the running means that a run's events hold.

/** A running mean over the first examples of an epoch. */
export interface RunningMean {
  /** Null when it was no number. */
  mean: number | null;
  /** Examples, or batches where all have the same size. */
  count: number;
}

/**
 * Mean over what was added since an earlier point of the same epoch. Curves of running means fall at each epoch's start, where the epoch's mean
 * forgets the last one; curves of these do not.
 *
 * @param before absent: since the epoch's start
 */
export const meanSince = (before: RunningMean | undefined, { mean, count }: RunningMean): number | null => {
  if (!before) return mean;
  if (mean === null || before.mean === null) return null;
  return (mean * count - before.mean * before.count) / (count - before.count);
};
