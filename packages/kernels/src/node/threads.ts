// The number of threads: from `MLPCONV_THREADS`, otherwise the number of CPUs that this process may use.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

const MOST = 256;

/** The number of CPUs in a container's quota; Infinity without a quota. */
export const quotaCpus = (read = (file: string) => readFileSync(file, "utf8")): number => {
  const numbers = (file: string): number[] => {
    try {
      return read(file).trim().split(/\s+/).map(Number);
    } catch {
      return [];
    }
  };
  const [quota = Number.NaN, period = Number.NaN] = numbers("/sys/fs/cgroup/cpu.max");
  const [oldQuota = Number.NaN] = numbers("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const [oldPeriod = Number.NaN] = numbers("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  // "max" is not a number, and the older files contain -1: both mean no limit.
  const limits = [quota / period, oldQuota / oldPeriod].filter((cpus) => cpus > 0);
  return Math.min(...limits);
};

/** A setting from the environment that cannot be. */
export class SettingError extends Error {
  readonly code = "wrong-setting";
  constructor(
    where: string,
    /** What is wrong, in words. */
    readonly reason: string,
    /** What to do about it. */
    readonly fix: string,
  ) {
    super(`${where}: ${reason}; ${fix}`);
  }
}

/**
 * @param where the engine, for the error
 * @throws SettingError when `MLPCONV_THREADS` is not a whole number from 1 up
 */
export const chooseThreads = (
  where: string,
  wanted = process.env.MLPCONV_THREADS,
  available = Math.min(availableParallelism(), Math.ceil(quotaCpus())),
): number => {
  if (!wanted) return Math.min(available, MOST);
  const threads = Number(wanted);
  if (/^\d+$/.test(wanted) && threads >= 1 && threads <= MOST) return threads;
  throw new SettingError(
    where,
    `MLPCONV_THREADS: expected a whole number from 1 to ${MOST}, got "${wanted}"`,
    "unset it to use every core",
  );
};
