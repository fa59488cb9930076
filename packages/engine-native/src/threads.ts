// How many threads compute: as many as `MLPCONV_THREADS` says, else as many as this process may use at once.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { NativeError } from "./native-error.js";

const MOST = 256;

/** The CPUs that a container's quota pays for; Infinity without a quota. */
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
  // "max" is not a number and the old files say -1: neither limits anything.
  const limits = [quota / period, oldQuota / oldPeriod].filter((cpus) => cpus > 0);
  return Math.min(...limits);
};

/** @throws NativeError when `MLPCONV_THREADS` is not a whole number from 1 up */
export const chooseThreads = (
  wanted = process.env.MLPCONV_THREADS,
  available = Math.min(availableParallelism(), Math.ceil(quotaCpus())),
): number => {
  if (!wanted) return Math.min(available, MOST);
  const threads = Number(wanted);
  if (/^\d+$/.test(wanted) && threads >= 1 && threads <= MOST) return threads;
  throw new NativeError(
    "wrong-setting",
    `MLPCONV_THREADS: expected a whole number from 1 to ${MOST}, got "${wanted}"`,
    "unset it to use every core",
  );
};
