// Computes the mean over some steps of an epoch from the running means in a run's events.

/** A running mean over the first examples of an epoch. */
export interface RunningMean {
  /** Null if the mean was not finite. */
  mean: number | null;
  /** Number of examples, or of batches if all have the same size. */
  count: number;
}

/**
 * Mean over the steps since an earlier point of the same epoch. A curve of running means jumps at each epoch's start, where the running mean
 * begins anew; a curve of these means does not.
 *
 * @param before earlier point; absent: the epoch's start
 */
export const meanSince = (before: RunningMean | undefined, { mean, count }: RunningMean): number | null => {
  if (!before) return mean;
  if (mean === null || before.mean === null) return null;
  return (mean * count - before.mean * before.count) / (count - before.count);
};
