// 300 classes with names in many scripts go through every program.
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { columnsOf, parseAnalysis } from "@mlpconv/runs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testProgram } from "../../../test/test-program.js";
import { descriptor, load } from "./many-classes.js";
import { run } from "./program.js";

const program = testProgram("many-classes-program");
const { classes, shape } = descriptor;
const [height, width, channels] = shape;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-many-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a command that must succeed. */
const done = async (args: string) => {
  const outcome = await run(args, folder, program);
  expect(outcome.code, outcome.stderr).toBe(0);
  return outcome;
};
const answer = async (args: string) => JSON.parse((await done(`${args} --json`)).stdout);

describe("a data set of 300 classes", { timeout: 60_000 }, () => {
  it("is trained on", async () => {
    const args = "train --engine wasm --model ninMnist --preset quick --epochs 1 --batch-size 50 --run many";
    expect(await answer(args)).toMatchObject({ dataset: "many" });
    const { data } = JSON.parse(await readFile(join(folder, "runs", "many", "config.json"), "utf8"));
    expect(data.classes).toEqual(classes);
  });

  it("is evaluated in lines of 80 columns, and whole in evaluation.json", async () => {
    const { stdout } = await done("evaluate --run many --engine wasm");
    const lines = stdout.trimEnd().split("\n");
    const [first, ...table] = lines;
    expect(first).toContain("ninMnist from");
    expect(Math.max(...table.map(columnsOf))).toBeLessThanOrEqual(80);
    expect(stdout).toContain("the 20 least accurate of 300 classes; --json has all");
    expect(lines.length).toBeLessThan(60);
    const evaluation = JSON.parse(await readFile(join(folder, "runs", "many", "evaluation.json"), "utf8"));
    expect(evaluation.classes.map(({ name }: { name: string }) => name)).toEqual(classes);
    expect(evaluation.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(300);
  });

  it("has predictions by the names of its classes", async () => {
    const { test } = await load();
    const length = height * width * channels;
    await sharp(test.images.subarray(299 * length, 300 * length), { raw: { width, height, channels: 3 } })
      .png()
      .toFile(join(folder, "last.png"));
    const { images } = await answer("predict --run many --engine wasm last.png");
    for (const { class: name } of images[0].top) expect(classes).toContain(name);
  });

  it("is exported with the names of its classes", async () => {
    for (const to of ["safetensors", "onnx", "tfjs"]) {
      await done(`export --run many --to ${to} ${to}`);
      const config = JSON.parse(await readFile(join(folder, to, "config.json"), "utf8"));
      expect(config.pretrained_cfg.label_names).toEqual(classes);
    }
  });

  it("is drawn on a page that stays small, with examples of some classes", async () => {
    const [page] = await answer("report many --engine wasm");
    expect((await stat(join(folder, page))).size).toBeLessThan(2e6);
    const text = await readFile(join(folder, page), "utf8");
    expect(text).toContain("The 20 of 300 classes with the most frequent mistakes.");
    expect(text).toContain("The 20 least accurate of 300 classes");
    const path = join(folder, "runs", "many", "analysis.json");
    expect((await stat(path)).size).toBeLessThan(1e6);
    const { classMaps } = parseAnalysis(await readFile(path, "utf8"), path);
    expect(classMaps!.map(({ label }) => label)).toEqual(Array.from({ length: 12 }, (_, i) => 25 * i));
    expect(classMaps!.map(({ mapClasses }) => mapClasses!.length)).toEqual(Array(12).fill(6));
  });
});
