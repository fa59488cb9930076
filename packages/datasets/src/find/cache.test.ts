import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { lockFolder } from "./cache.js";

// No time passes between two attempts.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cache-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const lock = () => lockFolder(join(folder, "a", "b"), new AbortController().signal, 15_000, () => {});

it("makes the folder and locks it", async () => {
  const first = await lock();
  await first.release();
  await (await lock()).release();
});

it("is an error where a lock can be neither taken nor seen", async () => {
  const locked = Object.assign(new Error("Lock file is already being held"), { code: "ELOCKED" });
  vi.spyOn(lockfile, "lock").mockRejectedValue(locked);
  await expect(lock()).rejects.toThrow(
    `${join(folder, "a", "b", ".lock")}: expected a lock that can be taken or seen, got neither; use another folder`,
  );
});

it.runIf(process.platform === "linux")("is an error where no folder can be made", async () => {
  await expect(
    lockFolder("/proc/mlpconv/cache", new AbortController().signal, 15_000, () => {}),
  ).rejects.toThrow("ENOENT");
});
