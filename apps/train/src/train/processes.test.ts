import { ElsewhereError, UsageError } from "@mlpconv/cli-kit";
import { localGroups } from "@mlpconv/testing";
import { describe, expect, it } from "vitest";
import { type Processes, processesOf } from "./processes.js";

/** Three processes; gives what `work` gave on each, or the error that it ended with. */
const together = (work: (processes: Processes) => Promise<unknown>): Promise<unknown[]> => {
  const groups = localGroups(3);
  const ranks = groups.map(({ rank }) => ({ host: `node${rank}`, pid: rank, localRank: 0, localSize: 1 }));
  return Promise.all(
    groups.map((group) =>
      work(processesOf(group, { library: undefined, ranks })).catch((error: unknown) => error),
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
      expect(other.told).toBe("process 1: train: expected a folder, got none");
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
        "train: expected the command line of process 2 to be that of process 0, got lr 0.5, not 0.1; start all processes alike",
      );
    }
    expect(await together(({ same }) => same("the settings", { a: 1 }))).toEqual(Array(3).fill(undefined));
  });
});
