// What is refused: message and exit code of the real program.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { run } from "./program.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("wrong values are all reported, each with its fix, exit code 2, without a stack", async () => {
  const args = "train --model nim --preset qick --engine wams --batch-size 0 --epochs -3 --lr NaN";
  const { code, stdout, stderr } = await run(args.split(" "), folder);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  const lines = stderr.trimEnd().split("\n");
  expect(lines).toHaveLength(6);
  for (const line of lines) expect(line).toMatch(/^train: expected --\S+ to be .*, got "/);
  for (const name of ["nin", "quick", "wasm"]) expect(stderr).toContain(`did you mean "${name}"?`);
});

it("an unknown flag is wrong usage, exit code 2, and the nearest one is suggested", async () => {
  expect(await run(["train", "--epoch", "3"], folder)).toEqual({
    code: 2,
    stdout: "",
    stderr: `train: unknown option '--epoch'; did you mean "--epochs"?\n`,
  });
});

it.each(["0", "1"])(
  "variables that a launcher left in a shell, as rank %s, are named in the error",
  async (rank) => {
    // Without a library the processes cannot join.
    const left = { OMPI_COMM_WORLD_RANK: rank, OMPI_COMM_WORLD_SIZE: "2", MLPCONV_MPI: "/no/libmpi.so" };
    const alone =
      "; for a process that was started alone, in a shell with variables of a launcher: unset OMPI_COMM_WORLD_SIZE\n";
    for (const [key, value] of Object.entries(left)) vi.stubEnv(key, value);
    const evaluate = await run(["evaluate", "--run", "none"], folder);
    vi.unstubAllEnvs();
    expect(evaluate).toEqual({
      code: 2,
      stdout: "",
      stderr: `evaluate: expected one process, got 2, started by mpirun; start evaluate without it, or by mpirun -n 1${alone}`,
    });
  },
);

it("an unknown command is wrong usage, exit code 2, and the nearest one is suggested", async () => {
  const { code, stderr } = await run(["trian"], folder);
  expect(code).toBe(2);
  expect(stderr).toContain('did you mean "train"?');
});

it("images too small for the net are wrong usage, exit code 2, and the least size is given", async () => {
  const { code, stderr } = await run(
    ["train", "--model", "nin", "--resize", "60", "--engine", "cpu"],
    folder,
  );
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^train: expected --resize to be at least 67 for nin, got 60; pass --resize 67 or more \(nin: input 60x60 is too small/,
  );
});

it("a run's folder that is in use is wrong usage, exit code 2, before any work", async () => {
  await mkdir(join(folder, "runs", "old"), { recursive: true });
  await writeFile(join(folder, "runs", "old", "events.jsonl"), "{}\n");
  const { code, stdout, stderr } = await run(["train", "--run", "old"], folder);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^train: expected --run to name a new run, got "old", .*choose another name/);
});

it("damaged data is an error that names the file, exit code 1, and no run is created", async () => {
  const file = join(folder, "train-images-idx3-ubyte");
  await writeFile(file, "short");
  const args = ["train", "--engine", "cpu", "--data", folder, "--run", "none"];
  const { code, stdout, stderr } = await run(args, folder);
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain("train-images-idx3-ubyte");
  expect(stderr).not.toContain("    at ");
  expect(await readFile(file, "utf8")).toBe("short");
  expect(existsSync(join(folder, "runs", "none"))).toBe(false);
});

it("help teaches by example, exit code 0", async () => {
  const { code, stdout } = await run(["train", "--help"], folder);
  expect(code).toBe(0);
  expect(stdout).toContain("pnpm train --model nin --preset d2l");
});
