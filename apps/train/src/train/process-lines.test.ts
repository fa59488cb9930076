import { describe, expect, it } from "vitest";
import { hostWords, type ProcessFacts, processesFor, warnings } from "./process-lines.js";

const one: ProcessFacts = {
  host: "a",
  device: "4 threads, AVX2",
  threads: 4,
  allowed: 8,
  cores: 8,
  node: "v20",
};

describe("hostWords", () => {
  it("counts processes and threads on each host", () => {
    expect(hostWords([one, { ...one, host: "b", threads: 1 }, one])).toBe(
      "a (2 processes of 4 threads), b (1 process of 1 thread)",
    );
  });
});

it.each([
  [1, "1 process"],
  [2, "1 or 2 processes"],
  [4, "1, 2 or 4 processes"],
  [16, "1, 2, 4, 8 or 16 processes"],
  [64, "1, 2, 4, 8, ... or 64 processes"],
])("a run of %i shards goes on with %s", (shards, words) => {
  expect(processesFor(shards)).toBe(words);
});

describe("warnings", () => {
  it("is silent where threads and cores fit", () => {
    expect(warnings([one, one])).toEqual([]);
    expect(
      warnings([
        { ...one, allowed: 4 },
        { ...one, allowed: 4 },
      ]),
    ).toEqual([]);
  });

  it("tells of a pool of threads that is bound to too few cores", () => {
    expect(warnings([{ ...one, threads: 8, allowed: 1 }])).toEqual([
      "a: 8 threads of a process on 1 core; set MLPCONV_THREADS=1, or bind it to more: mpirun --map-by slot:PE=8, srun --cpus-per-task 8",
    ]);
  });

  it("tells of more threads than cores", () => {
    const many = { ...one, threads: 8 };
    expect(warnings([many, many])).toEqual([
      "a: 16 threads of 2 processes on 8 cores; set MLPCONV_THREADS=4",
    ]);
  });

  it("tells of cores that stay idle because processes are bound", () => {
    const bound = { ...one, threads: 1, allowed: 1 };
    expect(warnings([bound, bound])).toEqual([
      "a: 2 threads on 8 cores, because processes are bound to fewer; mpirun --bind-to none or --map-by slot:PE=4, srun --cpus-per-task 4",
    ]);
  });

  it("tells of devices and versions of Node that differ", () => {
    expect(warnings([one, { ...one, host: "b", device: "4 threads, AVX-512", node: "v22" }])).toEqual([
      "processes compute on different devices (4 threads, AVX2; 4 threads, AVX-512): the last bits depend on which of them has which shard",
      "processes run on different versions of Node: v20, v22",
    ]);
  });
});
