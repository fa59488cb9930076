// A data set of other classes, other sizes and colours goes through every program; all that it needs is its descriptor.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataSha256 } from "@mlpconv/datasets";
import { useEngine } from "@mlpconv/tensor";
import { fromPretrained } from "@mlpconv/weights/node";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testProgram } from "../../../test/test-program.js";
import { descriptor, load } from "./colours.js";
import { run } from "./program.js";

const program = testProgram("colours-program");
const { load: _, ...info } = descriptor;
const [height, width, channels] = info.shape;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-colours-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a command that must succeed; gives the JSON that it ends with. */
const answer = async (args: string) => {
  const { code, stdout, stderr } = await run(`${args} --json`, folder, program);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};
const json = async (...path: string[]) => JSON.parse(await readFile(join(folder, ...path), "utf8"));

describe("another data set", { timeout: 60_000 }, () => {
  it("is trained on, and recorded in config.json", async () => {
    const args = "train --engine wasm --model ninMnist --preset quick --lr 0.01 --batch-size 16 --run one";
    const summary = await answer(args);
    expect(summary).toMatchObject({ dataset: "colours" });
    expect(summary.testAccuracy).toBeGreaterThan(0.9);
    const { data, resize, ...config } = await json("runs", "one", "config.json");
    expect(data).toEqual({
      ...info,
      examples: { train: 240, test: 45 },
      sha256: dataSha256(await load()),
    });
    // Its own size, and all of its images, though the preset is made for more and smaller ones.
    expect(resize).toBe(24);
    expect(config).not.toHaveProperty("limit");
  });

  it("is evaluated class by class", async () => {
    const { classes, confusion, examples, accuracy } = await answer("evaluate --run one --engine wasm");
    expect(accuracy).toBeGreaterThan(0.9);
    expect(examples).toBe(45);
    expect(classes.map(({ name }: { name: string }) => name)).toEqual(info.classes);
    expect(confusion.map((row: number[]) => row.reduce((a, b) => a + b))).toEqual([15, 15, 15]);
  });

  it("has predictions for pictures of any size, in their colours", async () => {
    const { test } = await load();
    const length = height * width * channels;
    for (let i = 0; i < 3; i++)
      await sharp(test.images.subarray(i * length, (i + 1) * length), { raw: { width, height, channels: 3 } })
        .resize(80, 100, { fit: "fill" })
        .png()
        .toFile(join(folder, `${i}.png`));
    const { images } = await answer("predict --run one --engine wasm 0.png 1.png 2.png");
    expect(images.map(({ top }: { top: { class: string }[] }) => top[0]!.class)).toEqual(info.classes);
    expect(images.map(({ inverted }: { inverted: boolean }) => inverted)).toEqual([false, false, false]);
  });

  it("has predictions for a folder, a line each, and an accuracy where its folders are named after classes", async () => {
    const { test } = await load();
    const length = height * width * channels;
    const count = 40;
    for (let i = 0; i < count; i++) {
      const at = join(folder, "photos", info.classes[test.labels[i]!]!);
      await mkdir(at, { recursive: true });
      await sharp(test.images.subarray(i * length, (i + 1) * length), { raw: { width, height, channels: 3 } })
        .png()
        .toFile(join(at, `${i}.png`));
    }
    await writeFile(join(folder, "photos", "blue", "broken.jpg"), "no picture");
    await writeFile(join(folder, "photos", "blue", "notes.txt"), "no picture");
    const args = "predict --run one --engine wasm photos";
    const { code, stdout, stderr } = await run(`${args} --jsonl`, folder, program);
    expect(code, stderr).toBe(1);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(count + 1);
    const failed = lines.filter((line) => "error" in line);
    expect(failed.map(({ file }) => file)).toEqual([join("photos", "blue", "broken.jpg")]);
    const images = lines.filter((line) => !("error" in line));
    for (const { file, label, top } of images) {
      expect(label).toBe(info.classes[test.labels[Number(/(\d+)\.png$/.exec(file)![1])]!]);
      expect(top).toHaveLength(3);
    }
    const right = images.filter(({ label, top }) => top[0].class === label).length;
    expect(right).toBeGreaterThan(0.9 * count);
    expect(stderr).toContain(
      `accuracy ${(right / count).toFixed(4)}: ${right} of ${count} pictures in folders named after classes\n`,
    );
    expect(stderr).toMatch(
      /^predict: photos.blue.broken\.jpg: expected .*\npredict: expected 41 pictures that can be read, got 40$/m,
    );

    // The one object has the same results, and stays as it was.
    const whole = JSON.parse((await run(`${args} --json`, folder, program)).stdout);
    expect(whole).toMatchObject({ run: "one", model: "ninMnist", weights: "best", engine: "wasm" });
    expect(whole).toMatchObject({ images, failed, labelled: count, accuracy: right / count });
  });

  it("is described in what is exported", async () => {
    await answer("export --run one --to safetensors one-hub");
    await useEngine("cpu");
    const { model, config } = await fromPretrained(join(folder, "one-hub"));
    expect(model.inputs[0]!.shape).toEqual([null, 24, 24, 3]);
    expect(config.pretrained_cfg).toMatchObject({
      input_size: [3, 24, 24],
      mean: info.mean,
      std: info.std,
      label_names: info.classes,
    });
    expect(config.pretrained_cfg).not.toHaveProperty("background");
  });

  it("is drawn in a report, in its colours", async () => {
    const [page] = await answer("report one --engine wasm");
    const analysis = await json("runs", "one", "analysis.json");
    expect(analysis).toMatchObject({ classes: info.classes, imageShape: info.shape });
    expect(analysis.classMaps.map(({ label }: { label: number }) => label)).toEqual([0, 1, 2]);
    const { test } = await load();
    expect(analysis.classMaps[1].pixels).toBe(
      Buffer.from(test.images.subarray(height * width * channels, 2 * height * width * channels)).toString(
        "base64",
      ),
    );
    const text = await readFile(join(folder, page), "utf8");
    expect(text).toContain("ninMnist on colours");
    expect(text).toContain("红, green, blue");
  });

  it("is compared, each run a child process of this program", async () => {
    const comparison = await answer(
      "compare --engine wasm --models lenet --seeds 1 --preset quick --epochs 1 --name c --budget 10m",
    );
    expect(comparison).toMatchObject({
      dataset: "colours",
      dataSha256: dataSha256(await load()),
      failures: [],
    });
    expect(comparison.rows[0]).toMatchObject({ model: "lenet", resize: 24, trainingImages: 240 });
  });

  it("is the one that --dataset names, and others are not known here", async () => {
    const unknown = await run("train --dataset mnist", folder, program);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('expected --dataset to be one of colours, got "mnist"');
    const { stdout } = await run("compare --help", folder, program);
    expect(stdout).toMatch(/--dataset <name> +colours \(default: colours\)/);
    const plan = await run("compare --plan --dataset colours --models lenet --seeds 1", folder, program);
    expect(plan.stdout).toContain("--dataset colours");
  });

  it("is refused by name by programs that do not know it, and pictures by a run on images of other channels", async () => {
    const evaluated = await run("evaluate --run one --engine wasm", folder);
    expect(evaluated.code).toBe(1);
    expect(evaluated.stderr).toMatch(
      /^dataset: expected one that this program knows \(fashion-mnist, .*synthetic\), got "colours"/,
    );
    const config = await json("runs", "one", "config.json");
    const five = { ...config.data, shape: [20, 24, 5], mean: [0, 0, 0, 0, 0], std: [1, 1, 1, 1, 1] };
    await writeFile(join(folder, "runs", "one", "config.json"), JSON.stringify({ ...config, data: five }));
    const predicted = await run("predict --run one 0.png", folder);
    expect(predicted.code).toBe(1);
    expect(predicted.stderr).toMatch(/^predict: expected a run on grey images .* got 5 channels/);
  });
});
