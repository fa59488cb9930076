// Whatever happens to one process, the others end soon, with a code that is not 0, and say whom they waited for.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { launchers, runRanks } from "./launchers.js";

/** Whether a process runs or could run again; one that has ended but was not waited for by its parent does not count. */
const isAlive = (pid: number): boolean => {
  try {
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

/** Milliseconds of patience, and the seconds that a question, the launcher and a busy machine take on top. */
const patience = 1500;
const grace = 12;
const env = { TEST_PATIENCE: `${patience}` };

describe.skipIf(launchers.length === 0).each(launchers)("$name", (launcher) => {
  /** Sends a signal to one of three ranks while they work. */
  const signalled = async (signal: NodeJS.Signals, rank: number) => {
    let pids: number[] = [];
    const finished = await runRanks(launcher, 3, ["steps"], {
      env,
      onOutput(output) {
        pids = [...output.matchAll(/^pid \d+ (\d+)$/gm)].map(([, pid]) => Number(pid));
        if (pids.length < 3) return false;
        process.kill(pids[rank]!, signal);
        return true;
      },
    });
    // Launchers do not wait for those that they kill.
    const end = performance.now() + 3000;
    while (pids.some(isAlive) && performance.now() < end) await sleep(50);
    const left = pids.filter(isAlive);
    for (const pid of left) process.kill(pid, "SIGKILL");
    return { ...finished, left };
  };

  test.each([0, 1])("a stop of rank %i ends the others after their patience, with its name", async (rank) => {
    const { code, output, seconds, left } = await signalled("SIGSTOP", rank);
    expect(output).toMatch(
      new RegExp(
        `PatienceError: mpi: exchange number \\d+ took longer than 1.5 s: no answer from rank ${rank} \\(process \\d+ on `,
      ),
    );
    expect(code).not.toBe(0);
    expect(code).not.toBeNull();
    expect(seconds).toBeLessThan(patience / 1000 + grace);
    expect(left).toEqual([]);
  });

  test("a kill of a rank ends the others", async () => {
    const { code, seconds, left } = await signalled("SIGKILL", 1);
    expect(code).not.toBe(0);
    expect(code).not.toBeNull();
    expect(seconds).toBeLessThan(grace);
    expect(left).toEqual([]);
  });

  test("a rank that ends with code 0 too early is no success", async () => {
    const { code, output } = await runRanks(launcher, 2, ["exit", "0"]);
    expect(output).toContain("mpi: expected rank 1 to close its group, got the end of its process");
    expect(output).not.toContain("went on");
    expect(code).toBe(70);
  });

  test("an error of one rank is printed and ends all", async () => {
    const { code, output } = await runRanks(launcher, 2, ["throw"]);
    expect(output).toContain("mpi: rank 1 ends with an uncaught error: Error: this rank throws");
    expect(code).toBe(1);
  });

  test("an abort ends all with its code", async () => {
    const { code } = await runRanks(launcher, 2, ["abort", "9"]);
    expect(code).toBe(9);
  });

  test("a rank that closes its group while others call a collective is named at once", async () => {
    const { code, output } = await runRanks(launcher, 2, ["leave"]);
    expect(output).toMatch(
      /expected all ranks in exchange number 2, got none from rank 1 \(process \d+ on .*closed its group/,
    );
    expect(code).toBe(1);
  });

  test("a rank that comes within the time of the question is waited for", async () => {
    const { code, output } = await runRanks(launcher, 2, ["busy", `${patience + 800}`], { env });
    expect(code, output).toBe(0);
  });
});
