import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ElsewhereError, UsageError } from "./errors.js";
import { checkOneProcess, speaksForAll, tellFailure } from "./one-process.js";

describe("checkOneProcess", () => {
  it.each(["train", "engines"])("lets %s run in many processes", (command) => {
    expect(() => checkOneProcess(command, { name: "mpirun", size: 4 })).not.toThrow();
  });

  it("lets every command run alone, under a launcher too", () => {
    expect(() => checkOneProcess("export", undefined)).not.toThrow();
    expect(() => checkOneProcess("export", { name: "srun", size: 1 })).not.toThrow();
  });

  it("refuses other commands in many processes", () => {
    expect(() => checkOneProcess("export", { name: "mpirun", size: 2 })).toThrow(
      new UsageError("export", [
        "expected one process, got 2, started by mpirun; start export without it, or by mpirun -n 1",
      ]),
    );
  });
});

describe("tellFailure", () => {
  const problem = new UsageError("train", ["unknown option '--nope'"]);
  const written = () => vi.mocked(process.stderr.write).mock.calls.map(([text]) => text);
  beforeEach(() => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    for (const name of ["RANK", "SIZE", "LOCAL_RANK"]) vi.stubEnv(`OMPI_COMM_WORLD_${name}`, undefined);
    // No library by this name: the processes cannot join.
    vi.stubEnv("MLPCONV_MPI", "/no/libmpi.so");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it("prints the error of a process without a launcher", async () => {
    await tellFailure(problem);
    expect(written()).toEqual(["train: unknown option '--nope'\n"]);
  });

  const asProcess = (rank: string, localRank: string) => {
    vi.stubEnv("OMPI_COMM_WORLD_RANK", rank);
    vi.stubEnv("OMPI_COMM_WORLD_SIZE", "4");
    vi.stubEnv("OMPI_COMM_WORLD_LOCAL_RANK", localRank);
  };

  it.each([
    ["0", "0", ["train: unknown option '--nope'\n"]],
    // The first process of the machine prints.
    ["1", "1", []],
    // On another machine; by then a launcher has ended it if process 0 has failed too.
    ["2", "0", ["process 2: train: unknown option '--nope'\n"]],
  ])(
    "prints the error once for a machine whose processes cannot join: process %s, %s there",
    async (rank, local, expected) => {
      vi.useFakeTimers();
      asProcess(rank, local);
      const told = tellFailure(problem, true);
      await vi.runAllTimersAsync();
      await told;
      vi.useRealTimers();
      expect(written()).toEqual(expected);
    },
  );

  it.each([
    ["0", true],
    ["1", false],
  ])("process %s speaks for all: %s", (rank, expected) => {
    asProcess(rank, rank);
    expect(speaksForAll(true)).toBe(expected);
    // A shell in it passes the variables on to programs that run alone.
    expect(speaksForAll(false)).toBe(true);
  });

  it("a process without a launcher speaks for itself", () => expect(speaksForAll()).toBe(true));

  it("prints the error at once in a program that a shell started in which a launcher left its variables", async () => {
    asProcess("1", "1");
    await tellFailure(problem, false);
    expect(written()).toEqual(["train: unknown option '--nope'\n"]);
  });

  it("prints nothing for a failure that another process has told", async () => {
    await tellFailure(new ElsewhereError(undefined, 1));
    expect(written()).toEqual([]);
  });
});
