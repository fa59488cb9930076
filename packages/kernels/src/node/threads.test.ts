import { describe, expect, it } from "vitest";
import { chooseThreads, quotaCpus } from "./threads.js";

describe("the number of threads", () => {
  it("is that of MLPCONV_THREADS, else the number of processors", () => {
    expect(chooseThreads("native", "3", 8)).toBe(3);
    expect(chooseThreads("native", undefined, 8)).toBe(8);
    for (const wrong of ["0", "1.5", "many", "1000", "2.0", "1e1", "0x2", " 2", "-1", "+2"]) {
      expect(() => chooseThreads("native", wrong, 8)).toThrow(
        `native: MLPCONV_THREADS: expected a whole number from 1 to 256, got "${wrong}"`,
      );
    }
  });

  it("respects a container's quota, new style and old", () => {
    const files = (contents: Record<string, string>) => (file: string) => {
      const text = contents[file];
      if (text === undefined) throw new Error("no such file");
      return text;
    };
    expect(quotaCpus(files({}))).toBe(Number.POSITIVE_INFINITY);
    expect(quotaCpus(files({ "/sys/fs/cgroup/cpu.max": "max 100000\n" }))).toBe(Number.POSITIVE_INFINITY);
    expect(quotaCpus(files({ "/sys/fs/cgroup/cpu.max": "150000 100000\n" }))).toBe(1.5);
    const old = (quota: string) =>
      files({
        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": quota,
        "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
      });
    expect(quotaCpus(old("400000"))).toBe(4);
    expect(quotaCpus(old("-1"))).toBe(Number.POSITIVE_INFINITY);
  });
});
