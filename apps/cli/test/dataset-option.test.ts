// `--dataset` in the programs: the net that it brings, what is recorded, and what is refused.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { datasets } from "@mlpconv/datasets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./program.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-dataset-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("--dataset", { timeout: 60_000 }, () => {
  it("trains on the data set of that name, and a run goes on with no other", async () => {
    const train = "train --engine wasm --dataset synthetic --limit 64 --run one";
    const { code, stderr } = await run(train, folder);
    expect(code, stderr).toBe(0);
    const config = JSON.parse(await readFile(join(folder, "runs", "one", "config.json"), "utf8"));
    expect(config).toMatchObject({ model: "ninMnist", data: { name: "synthetic" }, resize: 28 });
    const resumed = await run("train --run one --resume --dataset mnist", folder);
    expect(resumed.code).toBe(2);
    expect(resumed.stderr).toContain(
      "expected the run as it was begun, got --dataset mnist, and the run has synthetic; leave the flags away",
    );
    const again = await run(`${train} --auto-resume`.replace("synthetic", "fashion-mnist"), folder);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("got --dataset fashion-mnist, and the run has synthetic");
    const evaluated = await run("evaluate --run one --engine wasm --json", folder);
    expect(evaluated.code, evaluated.stderr).toBe(0);
  });

  it("is refused with exit code 2 and the list of names where there is none of that name", async () => {
    for (const command of ["train", "compare"]) {
      const { code, stderr } = await run(`${command} --dataset cifar`, folder);
      expect(code).toBe(2);
      const names = datasets.map(({ name }) => name).join(", ");
      expect(stderr.replace(/\s+/g, " ")).toContain(
        `expected --dataset to be one of ${names}, got "cifar"; did you mean "cifar10"?`,
      );
    }
  });

  it("is handed on to the runs of a comparison", async () => {
    const { stdout } = await run("compare --plan --dataset cifar10 --models ninCifar --seeds 2", folder);
    const lines = stdout.trim().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/--model ninCifar .*--dataset cifar10/);
  });

  it("looks for the data set in the folder that --data names, and says what is missing there", async () => {
    const { code, stderr } = await run("train --engine wasm --dataset cifar100 --data .", folder);
    expect(code).toBe(1);
    expect(stderr.replace(/\s+/g, " ")).toContain(
      "cifar100: expected cifar-100-binary.tar.gz or cifar-100-python.tar.gz, packed or unpacked, in ., got: ",
    );
  });
});
