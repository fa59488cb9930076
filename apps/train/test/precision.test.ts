// Training in mixed precision: by its flag, resumed in the same one, refused where an engine has none.
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useEngine } from "@mlpconv/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "./program.js";

// Every CPU computes the same as one that has instructions for it.
process.env.MLPCONV_PRECISION = "mixed-emulated";

let folder: string;
let isNative = false;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
  isNative = await useEngine("native").then(
    () => true,
    () => false,
  );
}, 300_000); // the native engine may have to be compiled
afterAll(() => rm(folder, { recursive: true }));

const recipe = "--dataset synthetic --model lenet --limit 64 --batch-size 16 --epochs 2".split(" ");
const train = (...more: string[]) => run(["train", ...more], folder);
const file = (name: string, file: string) => join(folder, "runs", name, file);

it("train --precision mixed is recorded, goes on to the bit, and is not changed by a resumed run", async (context) => {
  if (!isNative) return context.skip();
  for (const precision of ["mixed", "full"]) {
    const begun = await train(...recipe, "--engine", "native", "--precision", precision, "--run", precision);
    expect(begun.code, begun.stderr).toBe(0);
    expect(JSON.parse(await readFile(file(precision, "config.json"), "utf8"))).toMatchObject({
      precision,
      device:
        precision === "mixed"
          ? expect.stringContaining("mixed precision")
          : expect.not.stringContaining("mixed"),
    });
    expect(begun.stdout.includes("mixed precision")).toBe(precision === "mixed");
  }
  const weights = (name: string) => readFile(file(name, "last.safetensors"));
  const before = await weights("mixed");
  expect(before.equals(await weights("full"))).toBe(false);

  expect(await train("--run", "mixed", "--resume", "--precision", "full")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--precision full, and the run has mixed"),
  });
  // As if it had been stopped in its last epoch.
  await rename(file("mixed", "state.previous.safetensors"), file("mixed", "state.safetensors"));
  for (const name of ["summary.json", "last.safetensors"]) await rm(file("mixed", name));
  expect(await train("--run", "mixed", "--resume")).toMatchObject({ code: 0 });
  expect((await weights("mixed")).equals(before)).toBe(true);
});

it("train refuses mixed precision on an engine that has none, before anything is written", async () => {
  const name = "none";
  expect(await train(...recipe, "--engine", "wasm", "--precision", "mixed", "--run", name)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("wasm: has no mixed precision; use native or webgpu"),
  });
  await expect(readFile(file(name, "config.json"))).rejects.toThrow("ENOENT");
  expect(await train(...recipe, "--precision", "half")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected --precision to be one of full, mixed, got "half"'),
  });
});
