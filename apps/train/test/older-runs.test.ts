// A run that an earlier version began goes on to the very bits that this earlier version would have ended with.
import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataSha256, type Terminal } from "@mlpconv/cli-kit";
import { loader, synthetic } from "@mlpconv/datasets";
import { useEngine } from "@mlpconv/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildModel } from "../src/train/build-model.js";
import { reopen } from "../src/train/resume.js";
import { runTraining } from "../src/train/run-training.js";
import { loaderOptions } from "../src/train/settings.js";

const fixtures = join(import.meta.dirname, "../../../packages/runs/test/fixtures");
/** SHA-256 of the last weights of the run that the earlier version trained without a stop. */
const expectedSha256 = "00187d365fb56d88e67933676d42014bd91581b992ae8a3e1c2fc54e144ca0e3";

const start = process.cwd();
let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "older-runs-"));
  process.chdir(parent);
  await cp(join(fixtures, "stopped"), join("runs", "stopped"), { recursive: true });
});
afterAll(async () => {
  process.chdir(start);
  await rm(parent, { recursive: true });
});

const terminal: Terminal = { say: () => {}, live: () => {}, close: () => {}, colours: false, columns: 80 };

it("resumes the stopped run to the bits of the one that was never stopped", async () => {
  const engine = await useEngine("cpu");
  const data = synthetic({ train: 40, test: 20 });
  const { run, config } = (await reopen(
    { engine: "auto", resume: true, json: false, run: "stopped" },
    terminal,
  ))!;
  expect(dataSha256(data)).toBe(config.dataSha256);
  const options = loaderOptions(config);
  const model = buildModel(config, { channels: 1, classes: data.classes.length });
  const summary = await runTraining({
    settings: config,
    engine,
    dataset: data.name,
    model,
    loaders: { train: loader(data.train, options.train), test: loader(data.test, options.test) },
    run,
    resumed: run,
    saveEvery: 2,
    terminal,
    signal: new AbortController().signal,
  });
  await run.close();
  expect(summary).toMatchObject({ interrupted: false, epochs: 2 });

  const weights = await readFile(join("runs", "stopped", "last.safetensors"));
  expect(createHash("sha256").update(weights).digest("hex")).toBe(expectedSha256);
  const clocks = ["seconds", "examplesPerSecond"];
  const events = async (folder: string) =>
    (await readFile(join(folder, "events.jsonl"), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line, (key, value) => (clocks.includes(key) ? 0 : value)));
  expect(await events(join("runs", "stopped"))).toEqual(await events(join(fixtures, "evaluated")));
}, 60_000);
