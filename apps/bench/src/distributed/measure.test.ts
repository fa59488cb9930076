// The measuring programs measure, on small nets and arrays.
import { describe, expect, test } from "vitest";
import { mpiLaunchers } from "../../../../test/mpi-launchers.js";
import { nodeArguments, runJson } from "../run-json.js";
import type { MeasuredAllReduce } from "./measure-all-reduce.js";
import type { MeasuredScaling } from "./measure-scaling.js";
import type { MeasuredShards } from "./measure-shards.js";
import { findMpiRun, oneThread } from "./mpi-run.js";
import type { StepTime } from "./turns.js";

/** This process was started by vitest, without what lets Node run the sources. */
process.execArgv = ["--conditions=@mlpconv/source", "--import", import.meta.resolve("tsx")];

const positive = { seconds: expect.any(Number), cpuSeconds: expect.any(Number) };
const expectTime = (time: StepTime) => {
  expect(time).toEqual(positive);
  expect(Math.min(time.seconds, time.cpuSeconds)).toBeGreaterThan(0);
};

test("steps of several numbers of shards take turns", async () => {
  const work = ["lenet-28", "8", "2", "3", "1,4"];
  const script = nodeArguments("distributed/measure-shards.ts", ...work);
  const { parameters, turns } = await runJson<MeasuredShards>(process.execPath, script, oneThread);
  expect(parameters).toBe(61_706);
  expect(turns.map(({ length }) => length)).toEqual([3, 3]);
  for (const time of turns.flat()) expectTime(time);
});

describe.runIf(mpiLaunchers().some(({ name }) => name === "Open MPI"))("under Open MPI", () => {
  test("two processes and one take turns", async () => {
    const { library, turns } = await findMpiRun().run<MeasuredScaling>(2, "measure-scaling.ts", [
      ...["lenet-28", "8", "1", "2"],
    ]);
    expect(library).toMatch(/^Open MPI/);
    expect(turns).toHaveLength(2);
    for (const times of turns) for (const time of Object.values(times)) expectTime(time);
  });

  test.each(["shared memory", "TCP"] as const)("arrays are summed over %s", async (transport) => {
    const measured = await findMpiRun().run<MeasuredAllReduce[]>(
      2,
      "measure-all-reduce.ts",
      ["2", "64,1001"],
      transport,
    );
    expect(measured.map(({ floats }) => floats)).toEqual([64, 1001]);
    for (const { seconds } of measured) expect(seconds).toBeGreaterThan(0);
  });
});
