// `mlpconv` in a folder that is empty at first: what it says, and that every program is in it and works there.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fashionMnist } from "@mlpconv/datasets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./program.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("words", () => {
  it("help teaches by example, in the words that users type", async () => {
    const { code, stdout } = await run("--help", folder);
    expect(code).toBe(0);
    for (const name of [
      "train",
      "evaluate",
      "predict",
      "export",
      "playground",
      "show-data",
      "lr-find",
      "engines",
      "compare",
      "report",
    ])
      expect(stdout).toMatch(new RegExp(`^ {2}npx mlpconv ${name}`, "m"));
  });

  it("no text of any command speaks of the repository's own `pnpm`", async () => {
    for (const name of [
      "train",
      "evaluate",
      "predict",
      "export",
      "playground",
      "show-data",
      "lr-find",
      "engines",
      "compare",
      "report",
    ]) {
      const { code, stdout } = await run(`${name} --help`, folder);
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: npx mlpconv ${name}`);
      expect(stdout).toContain(`  npx mlpconv ${name}`);
      expect(stdout).not.toContain("pnpm");
    }
    const { code, stderr } = await run("evaluate --run none", folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'evaluate: expected --run to name a run in runs, got "none"; there are none yet: npx mlpconv train makes one\n',
    });
  });

  it("--version prints the version", async () => {
    const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
    expect(await run("--version", folder)).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("lists the commands, exit code 2, when none is given, and suggests the nearest for a wrong one", async () => {
    const none = await run("", folder);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("Usage: npx mlpconv");
    const wrong = await run("trian", folder);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('did you mean "train"?');
  });

  it("leaves nothing behind where nothing was trained", async () => {
    expect(await readdir(folder)).toEqual([]);
  });
});

const missing = await fashionMnist({ download: false }).then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing) console.warn(`skipped: training, because Fashion-MNIST is not on this machine\n${missing}`);

describe.skipIf(missing)("work", () => {
  const small = "--engine wasm --preset quick --limit 64 --batch-size 32 --epochs 1";

  it("trains, evaluates and exports, all in the folder it is started in", async () => {
    const trained = await run(`train --model lenet ${small} --run first`, folder);
    expect(trained.stderr).toMatch(/^next: npx mlpconv evaluate --run first .*\n$/);
    expect(trained.code).toBe(0);
    const { code, stdout } = await run("evaluate --run first --engine wasm --json", folder);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ run: "first", examples: 10_000 });
    expect((await run("export --run first --to onnx first-onnx", folder)).code).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(["first-onnx", "runs"]);
  });

  it("compares, with each run a child process of this same program", async () => {
    const { code, stderr, stdout } = await run(
      `compare --models lenet --seeds 1 ${small} --name c --json`,
      folder,
    );
    expect(stderr).toContain("c-lenet-seed0: finished");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).rows).toMatchObject([{ model: "lenet", seeds: [0] }]);
    expect(await readdir(join(folder, "comparisons", "c"))).toContain("report.html");
  });
});
