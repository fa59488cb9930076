import { describe, expect, it } from "vitest";
import { ElsewhereError, UsageError } from "./errors.js";
import { checkOneProcess } from "./one-process.js";

describe("checkOneProcess", () => {
  it.each(["train", "engines"])("lets %s run in many processes", (command) => {
    expect(() => checkOneProcess(command, { name: "mpirun", rank: 0, size: 4 })).not.toThrow();
  });

  it("lets every command run alone, under a launcher too", () => {
    expect(() => checkOneProcess("export", undefined)).not.toThrow();
    expect(() => checkOneProcess("export", { name: "srun", rank: 0, size: 1 })).not.toThrow();
  });

  it("refuses other commands in many processes, and only the first one says so", () => {
    const [first, second] = [0, 1].map((rank) => {
      try {
        return checkOneProcess("export", { name: "mpirun", rank, size: 2 });
      } catch (error) {
        return error;
      }
    });
    expect(first).toBeInstanceOf(UsageError);
    expect((first as Error).message).toBe(
      "export: expected one process, got 2, started by mpirun; start export without it, or by mpirun -n 1",
    );
    expect(second).toBeInstanceOf(ElsewhereError);
    expect(second).toMatchObject({ told: undefined, exitCode: 2 });
  });
});
