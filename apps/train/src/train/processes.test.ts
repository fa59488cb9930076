import { ElsewhereError, UsageError } from "@mlpconv/cli-kit";
import { localGroups } from "@mlpconv/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Watch } from "./kept-stderr.js";
import { type Processes, processesOf } from "./processes.js";

afterEach(() => void vi.restoreAllMocks());

/** Watches work in a process that prints these lines meanwhile. */
const printing =
  (lines: string[]): Watch =>
  async (work) => {
    try {
      return { outcome: { value: await work() }, lines };
    } catch (error) {
      return { outcome: { error: error as Error }, lines };
    }
  };

interface Machines {
  localRanks?: number[];
  /** What each process prints. */
  lines?: string[][];
}

/** Three processes; gives what `work` gave on each, or the error that it ended with. */
const together = (
  work: (processes: Processes) => Promise<unknown>,
  { localRanks = [0, 0, 0], lines = [] }: Machines = {},
): Promise<unknown[]> => {
  const groups = localGroups(3);
  const ranks = localRanks.map((localRank, rank) => ({
    host: `node${rank}`,
    pid: rank,
    localRank,
    localSize: 1,
  }));
  return Promise.all(
    groups.map((group) =>
      work(processesOf(group, { library: undefined, ranks }, printing(lines[group.rank] ?? []))).catch(
        (error: unknown) => error,
      ),
    ),
  );
};

describe("processesOf", () => {
  it("gathers values of any length from all processes", async () => {
    const values = ["", "ü".repeat(100), { a: [1, null] }];
    expect(await together(({ rank, gathered }) => gathered(values[rank]))).toEqual([values, values, values]);
  });

  it("gives every process what the first one has", async () => {
    expect(await together(({ rank, fromFirst }) => fromFirst(() => ({ rank })))).toEqual(
      Array(3).fill({ rank: 0 }),
    );
    expect(await together(({ fromFirst }) => fromFirst(() => undefined))).toEqual(Array(3).fill(undefined));
  });

  it("fails everywhere when one process fails, which says why", async () => {
    const problem = new UsageError("train", ["expected a folder, got none"]);
    const [first, second, third] = await together(({ rank, agreed }) =>
      agreed(() => {
        if (rank === 1) throw problem;
        return rank;
      }),
    );
    expect(second).toBe(problem);
    for (const other of [first, third] as ElsewhereError[]) {
      expect(other).toBeInstanceOf(ElsewhereError);
      expect(other.told).toBe("process 1 (node1): train: expected a folder, got none");
      expect(other.exitCode).toBe(2);
    }
  });

  it("knows the errors that all have heard of from those of one process", async () => {
    expect(
      await together(async ({ rank, agreed, isKnown }) => {
        const error = await agreed(() => {
          if (rank === 2) throw new Error("no data");
        }).catch((caught: unknown) => caught);
        return [isKnown(error), isKnown(new Error("disk full"))];
      }),
    ).toEqual(Array(3).fill([true, false]));
  });

  it("names the process and the field that differ", async () => {
    const errors = await together(({ rank, same }) =>
      same("the command line", { epochs: 2, lr: rank === 2 ? 0.5 : 0.1 }),
    );
    for (const error of errors) {
      expect(error).toBeInstanceOf(UsageError);
      expect((error as Error).message).toBe(
        "train: expected the command line of process 2 (node2) to be that of process 0 (node0), got lr 0.5, not 0.1; start all processes alike",
      );
    }
    expect(await together(({ same }) => same("the settings", { a: 1 }))).toEqual(Array(3).fill(undefined));
  });

  it("prints what several processes say once, and what one of the others says with its name", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const lines = [["no GPU"], ["no GPU", "old driver"], ["old driver", "no GPU"]];
    await together(({ agreed }) => agreed(() => 1), { lines });
    // Process 0 has printed its own line itself.
    expect(write.mock.calls).toEqual([["process 1 (node1): old driver\n"]]);
  });

  it("works in one process of each machine first", async () => {
    const order: number[] = [];
    const work = async ({ rank, firstOnMachine }: Processes) =>
      firstOnMachine(async () => {
        // Process 0 would end last if all worked at once.
        await new Promise((done) => setTimeout(done, rank === 0 ? 30 : 0));
        order.push(rank);
        return rank;
      });
    expect(await together(work, { localRanks: [0, 1, 0] })).toEqual([0, 1, 2]);
    expect(order).toEqual([2, 0, 1]);
  });
});
