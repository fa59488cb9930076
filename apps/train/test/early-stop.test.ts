// A run that ends early, one that is stopped after an epoch, and how both go on.
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "./program.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
});
afterAll(() => rm(folder, { recursive: true }));

const at = (name: string, file: string) => join(folder, "runs", name, file);
const json = async (name: string, file: string) => JSON.parse(await readFile(at(name, file), "utf8"));
const train = async (flags: string, code = 0) => {
  const found = await run(["train", ...flags.split(" ")], folder);
  expect(found.code, found.stderr).toBe(code);
  return found;
};
const recipe =
  "--engine wasm --dataset synthetic --model lenet --limit 64 --batch-size 16 --schedule cosine --warmup 0 --lr 0.05";
// A learning rate that changes no weight's bits that matter: the accuracy stays what it is after the first epoch.
const still = recipe.replace("0.05", "1e-12");

it("train --early-stop ends a run without a gain, says why and how to go on, and a resumed run ends at the same epoch", async () => {
  const { stdout } = await train(`${still} --epochs 6 --early-stop 2 --val-share 0.2 --run still`);
  const why = /no better validation accuracy than 0\.\d{3} of epoch 1 in 2 epochs/;
  expect(stdout).toContain("ends after 2 epochs without a gain");
  expect(stdout).toMatch(new RegExp(`stopped early after epoch 3 of 6: ${why.source}`));
  expect(stdout).toContain("train --run still --resume --early-stop 0");
  expect(stdout).not.toContain("goes by the test images");
  const summary = await json("still", "summary.json");
  expect(summary).toMatchObject({ epochs: 3, interrupted: false, stopped: expect.stringMatching(why) });
  const log = await readFile(at("still", "events.jsonl"), "utf8");
  expect(JSON.parse(log.trimEnd().split("\n").at(-1)!)).toMatchObject({
    type: "end",
    stopped: summary.stopped,
  });

  // As if it had been killed in its last epoch.
  const weights = await readFile(at("still", "last.safetensors"));
  await rename(at("still", "state.previous.safetensors"), at("still", "state.safetensors"));
  for (const file of ["summary.json", "last.safetensors"]) await rm(at("still", file));
  await train("--run still --resume");
  expect(await json("still", "summary.json")).toMatchObject({ epochs: 3, stopped: summary.stopped });
  expect(await readFile(at("still", "last.safetensors"))).toEqual(weights);

  // A run that was stopped stays so, and goes on with another setting.
  expect((await train("--run still --resume")).stdout).toContain("stopped early after epoch 3 of 6");
  const again = await run(
    ["train", ...`${still} --epochs 6 --early-stop 2 --val-share 0.2 --run still --auto-resume`.split(" ")],
    folder,
  );
  expect(again.stdout).toMatch(
    new RegExp(`finished already: .*, stopped early after epoch 3: ${why.source}`),
  );
  await train("--run still --resume --early-stop 0 --epochs 4");
  expect(await json("still", "summary.json")).toMatchObject({ epochs: 4, interrupted: false });
  expect(await json("still", "summary.json")).not.toHaveProperty("stopped");
});

it("train --early-stop without --val-share says that it goes by the test images", async () => {
  const { stdout } = await train(`${still} --epochs 1 --early-stop 1 --run tested`);
  expect(stdout).toContain("warning: --early-stop without --val-share goes by the test images");
});

it("train --until-epoch stops as if interrupted, with exit code 0, and the rest is to the bit that of one run", async () => {
  await train(`${recipe} --epochs 3 --run whole`);
  const { stdout } = await train(`${recipe} --epochs 3 --until-epoch 1 --run parts`);
  expect(stdout).toMatch(/stopped after epoch 1 of 3; to train it on: \S.*train --run parts --resume/);
  expect(await json("parts", "summary.json")).toMatchObject({ epochs: 1, interrupted: true });
  expect((await train("--run parts --resume --until-epoch 1")).stdout).toContain(
    "stopped after epoch 1 of 3",
  );
  await train("--run parts --resume");
  expect(await json("parts", "config.json")).toEqual(await json("whole", "config.json"));
  expect(await readFile(at("parts", "last.safetensors"))).toEqual(
    await readFile(at("whole", "last.safetensors")),
  );
});
