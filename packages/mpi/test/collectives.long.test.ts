// What a group does, under each launcher that is there, with real processes.
import { describe, expect, test } from "vitest";
import { programOf } from "../../../test/program-of.js";
import { launchers, runRanks } from "./launchers.js";

const allReduce = await programOf(new URL("../../../examples/all-reduce.ts", import.meta.url));
const done = (output: string): number => output.match(/^\d+ done$/gm)?.length ?? 0;

describe.skipIf(launchers.length === 0).each(launchers)("$name", (launcher) => {
  test.each([1, 2, 4])("%i processes exchange, gather and broadcast arrays of any length", async (ranks) => {
    const { code, output } = await runRanks(launcher, ranks, ["collectives,views,queued"]);
    expect(output).toMatch(launcher.version);
    expect(done(output), output).toBe(ranks);
    expect(code).toBe(0);
    expect(output).toContain(`"localRank":${ranks - 1},"localSize":${ranks}`);
  });

  test("arrays of tens of megabytes arrive", async () => {
    const { code, output } = await runRanks(launcher, 2, ["large"]);
    expect(done(output), output).toBe(2);
    expect(code).toBe(0);
  });

  test("arrays that are too long for one call travel in pieces", async () => {
    const { code, output } = await runRanks(launcher, 2, ["collectives,views"], {
      env: { TEST_PIECE: "5001" },
    });
    expect(done(output), output).toBe(2);
    expect(code).toBe(0);
  });

  test("a process that waits sees timers and signals, and rests", async () => {
    const { code, output } = await runRanks(launcher, 3, ["late"]);
    expect(done(output), output).toBe(3);
    expect(code).toBe(0);
  });

  test("wrong arguments, a second group and a group in a child process are refused, and the group goes on", async () => {
    const { code, output } = await runRanks(launcher, 2, ["arguments,again,child"]);
    expect(done(output), output).toBe(2);
    expect(code).toBe(0);
    expect(output).not.toContain("no error");
    for (const words of [
      "two arrays of one length, a multiple of 2 (the number of ranks), got 3 and 3",
      "a multiple of 2 (the number of ranks), got 2 and 4",
      "expected two Float32Arrays, got Float64Array and Float32Array",
      "expected 4 bytes for what 2 ranks give, 2 each, got 5",
      "expected two typed arrays, got object and Uint8Array",
      "expected a Uint8Array, got Float32Array",
      "got an array of a resizable ArrayBuffer",
      "expected an exit code from 1 to 255, got 0",
      "expected one group in a process, got another one",
      "child of a group of 1: mpi: expected a process that a launcher started, got one that a process of a group started",
    ])
      expect(output).toContain(words);
  });

  test("the example sums the arrays of all processes", async () => {
    const { code, output } = await runRanks(launcher, 2, [], { file: allReduce });
    expect(output).toContain("sum of 2 arrays: 3, 6, 9");
    expect(code).toBe(0);
  });
});
