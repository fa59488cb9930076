// A process whose machine has another version of the program ends all processes before they train.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { mpiEnvironment, mpiLaunchers } from "../../../test/mpi-launchers.js";
import { testProgram } from "../../../test/test-program.js";

const main = testProgram("main");
const folder = mkdtempSync(join(tmpdir(), "mlpconv-version-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(mpiLaunchers().slice(0, 1))("under $name", ({ command: [launcher, ...options] }) => {
  it("a process of another version ends all, named once with its machine", () => {
    cpSync(dirname(main), join(folder, "dist"), { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ version: "9.9.9", type: "module" }));
    const train = ["train", "--model", "lenet", "--engine", "wasm", "--run", "two"];
    const start = (program: string) => ["-n", "1", process.execPath, program, ...train];
    const other = join(folder, "dist", "main.js");
    const { status, stderr } = spawnSync(launcher!, [...options, ...start(main), ":", ...start(other)], {
      cwd: folder,
      env: { ...process.env, ...mpiEnvironment },
      encoding: "utf8",
    });
    expect(status, stderr).toBe(2);
    expect(stderr.match(/train: expected the program of process 1 \(.+\)/g)).toHaveLength(1);
    expect(stderr).toMatch(/got version "9\.9\.9", not ".+"; install the same version on all machines\n/);
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });
});
