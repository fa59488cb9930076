// evaluate, predict and export as their users run them, on a run that has learned something.
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Dataset, fashionMnist, fashionMnistInfo } from "@mlpconv/datasets";
import { ninBn } from "@mlpconv/models";
import type { Summary } from "@mlpconv/runs";
import { tf, useEngine } from "@mlpconv/tensor";
import { fromPretrained, loadModel, saveWeights } from "@mlpconv/weights/node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, skippedWithoutChromium } from "../../../test/chromium.js";
import { fitImage } from "../src/predict/fit-image.js";
import { classifyInBrowser } from "./guide-in-browser.js";
import { run } from "./program.js";
import { imagesAsTrained, makeRun, testImages } from "./trained-run.js";

const data = await fashionMnist({ download: false }).catch((error: Error) => error);
if (data instanceof Error)
  console.warn(`skipped: runs on Fashion-MNIST, which is not on this machine\n${data}`);

describe.skipIf(data instanceof Error)("a trained run", () => {
  const { classes, test } = data as Dataset;
  let folder: string;
  let model: tf.LayersModel;
  let summary: Summary;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
    ({ model, summary } = await makeRun(folder));
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true }));

  /** The folder of a run that has the config of "small" with other settings, and no weights. */
  const another = async (name: string, settings: object) => {
    const to = join(folder, "runs", name);
    await mkdir(to, { recursive: true });
    const text = await readFile(join(folder, "runs", "small", "config.json"), "utf8");
    await writeFile(join(to, "config.json"), JSON.stringify({ ...JSON.parse(text), ...settings }));
    return to;
  };

  const small = (command: string, ...args: string[]) => run([command, "--run", "small", ...args], folder);

  describe("evaluate", () => {
    it("gives the accuracy that training measured, and writes it to evaluation.json", async () => {
      const { code, stdout, stderr } = await small("evaluate", "--engine", "wasm", "--json");
      expect(code).toBe(0);
      const evaluation = JSON.parse(stdout);
      expect(evaluation).toMatchObject({
        run: "small",
        model: "lenet",
        weights: "best",
        epoch: 1,
        engine: "wasm",
        dataset: "fashion-mnist",
        examples: 10_000,
        accuracy: summary.testAccuracy,
      });
      expect(evaluation.accuracy).toBeGreaterThan(0.4);
      const events = await readFile(join(folder, "runs", "small", "events.jsonl"), "utf8");
      const { testLoss } = JSON.parse(events.split("\n").find((line) => line.includes('"testLoss"'))!);
      expect(evaluation.loss).toBeCloseTo(testLoss, 6);
      expect(evaluation.classes.map(({ name }: { name: string }) => name)).toEqual(classes);
      for (const [i, row] of evaluation.confusion.entries()) {
        expect(row.reduce((a: number, b: number) => a + b)).toBe(1000);
        expect(evaluation.classes[i].accuracy).toBe(row[i] / 1000);
      }
      const file = join(folder, "runs", "small", "evaluation.json");
      expect(JSON.parse(await readFile(file, "utf8"))).toEqual(evaluation);

      expect(stderr).toContain("lenet from");
      expect(stderr).toContain(`accuracy ${evaluation.accuracy.toFixed(4)}`);
      expect(stderr).toMatch(/^ankle boot +\d\.\d{3} +\d\.\d{3}$/m);
    });
  });

  describe("predict", () => {
    const picture = (i: number) =>
      sharp(test.images.subarray(i * 784, (i + 1) * 784), { raw: { width: 28, height: 28, channels: 1 } });

    it("predicts for a test image, and for its enlarged negative, what the model predicts", async () => {
      const files: string[] = [];
      for (let i = 0; i < 4; i++) {
        files.push(`plain-${i}.png`, `photo-${i}.jpg`);
        await picture(i)
          .png()
          .toFile(join(folder, `plain-${i}.png`));
        await picture(i)
          .negate()
          .resize(560, 560)
          .jpeg()
          .toFile(join(folder, `photo-${i}.jpg`));
      }
      const { code, stdout, stderr } = await small("predict", "--json", "--engine", "wasm", ...files);
      expect(code).toBe(0);
      const { images, failed } = JSON.parse(stdout);
      expect(failed).toEqual([]);
      expect(images.map(({ file }: { file: string }) => file)).toEqual(files);

      await useEngine("wasm");
      const first = await testImages(data as Dataset)
        .epoch(0)
        [Symbol.asyncIterator]()
        .next();
      const probabilities = tf.softmax(model.predict(first.value.x) as tf.Tensor2D).arraySync();
      for (let i = 0; i < 4; i++) {
        const [plain, photo] = [images[2 * i], images[2 * i + 1]];
        expect(plain.inverted).toBe(false);
        expect(photo.inverted).toBe(true);
        const sorted = [...probabilities[i]!.entries()].sort((a, b) => b[1] - a[1]).slice(0, 3);
        expect(plain.top.map(({ class: name }: { class: string }) => name)).toEqual(
          sorted.map(([label]) => classes[label]),
        );
        for (const [rank, [, probability]] of sorted.entries()) {
          expect(plain.top[rank].probability).toBeCloseTo(probability, 4);
        }
        expect(photo.top[0].class).toBe(plain.top[0].class);
      }
      expect(stderr).toMatch(/^photo-0\.jpg {2}sneaker \d+\.\d% {2}.* {2}inverted$/m);
      expect(stderr).toMatch(/^inverted: light in its corners, .*--invert no/m);
    });

    it("shows the net every test image as it is: none is inverted", async () => {
      await useEngine("wasm");
      for (let i = 0; i < test.shape[0]; i++) {
        const levels = test.images.slice(i * 784, (i + 1) * 784);
        const picture = { levels, width: 28, height: 28, channels: 1 as const };
        const fitted = await fitImage(picture, fashionMnistInfo, "auto");
        if (fitted.inverted || Buffer.compare(fitted.levels, levels) !== 0)
          expect.fail(`test image ${i} is changed`);
      }
    });

    it("names each picture that it cannot read, predicts the others, and ends with exit code 1", async () => {
      await picture(0).png().toFile(join(folder, "good.png"));
      await writeFile(join(folder, "broken.png"), (await picture(1).png().toBuffer()).subarray(0, 60));
      const { code, stdout, stderr } = await small("predict", "none.png", "good.png", "broken.png", "--json");
      expect(code).toBe(1);
      const { images, failed } = JSON.parse(stdout);
      expect(images.map(({ file }: { file: string }) => file)).toEqual(["good.png"]);
      expect(failed.map(({ file }: { file: string }) => file)).toEqual(["none.png", "broken.png"]);
      expect(stderr).toContain("predict: none.png: expected a PNG, JPEG, WebP, GIF, AVIF or TIFF picture");
      expect(stderr).toContain("predict: broken.png: expected a PNG, JPEG, WebP, GIF, AVIF or TIFF picture");
      expect(stderr).toContain("predict: expected 3 pictures that can be read, got 1\n");
      expect(stderr).not.toContain("    at ");
    });
  });

  describe("export", () => {
    const logits = async (of: tf.LayersModel, x: tf.Tensor) => (of.predict(x) as tf.Tensor2D).data();
    const images = () => tf.randomUniform<tf.Rank.R4>([2, 32, 32, 1], -1, 2, "float32", 3);
    const rawImages = () => tf.randomUniform<tf.Rank.R4>([2, 32, 32, 1], 0, 255, "float32", 3);
    const normalised = (x: tf.Tensor) => tf.div(tf.sub(tf.div(x, 255), 0.286), 0.353);
    const config = async (to: string) => JSON.parse(await readFile(join(folder, to, "config.json"), "utf8"));
    beforeAll(() => useEngine("cpu").then(() => undefined));

    it("to onnx writes a file with the same logits in ONNX Runtime", async () => {
      const { code, stdout } = await small("export", "--to", "onnx", "out/onnx", "--json");
      expect(code).toBe(0);
      const answer = JSON.parse(stdout);
      expect(answer).toMatchObject({ run: "small", weights: "best", to: "onnx", folder: "out/onnx" });
      const files = answer.files.map(({ file }: { file: string }) => file);
      expect(files).toEqual(["config.json", "model.onnx"]);
      expect((await readdir(join(folder, "out/onnx"))).sort()).toEqual(files);
      expect(await config("out/onnx")).toMatchObject({
        id2label: { 9: "ankle boot" },
        pretrained_cfg: { background: "dark", normalized_by: "model" },
      });

      const session = await InferenceSession.create(join(folder, "out/onnx/model.onnx"));
      const x = rawImages();
      const channelsFirst = new Tensor(
        "float32",
        await x.transpose([0, 3, 1, 2]).data<"float32">(),
        [2, 1, 32, 32],
      );
      const { logits: theirs } = await session.run({ input: channelsFirst });
      expectClose(theirs!.data as Float32Array, await logits(model, normalised(x)));
    });

    it("to onnx folds batch normalisation where that is asked for, and refuses nets without", async () => {
      const to = await another("norm", { model: "ninBn", resize: 67 });
      await saveWeights(ninBn({ inputShape: [67, 67, 1] }), join(to, "last.safetensors"), { checksum: true });
      const flags = ["--to", "onnx", "--fold-batch-norm", "out/norm"];
      expect(await run(["export", "--run", "norm", ...flags], folder)).toMatchObject({ code: 0 });
      const file = await readFile(join(folder, "out/norm/model.onnx"), "latin1");
      expect(file).not.toContain("BatchNormalization");
      expect(await small("export", "--to", "onnx", "--fold-batch-norm", "out/none")).toMatchObject({
        code: 2,
        stderr:
          "export: expected --fold-batch-norm with a net that has batch normalisation, got lenet without; leave it out\n",
      });
      expect(existsSync(join(folder, "out/none"))).toBe(false);
    });

    it("to safetensors writes a folder that fromPretrained opens, with classes, normalisation and accuracy", async () => {
      expect((await small("export", "--to", "safetensors", "out/hub")).code).toBe(0);
      const { model: again, config } = await fromPretrained(join(folder, "out/hub"));
      expect(config.metrics).toEqual({ testAccuracy: summary.testAccuracy });
      expect(config.pretrained_cfg).toMatchObject({
        input_size: [1, 32, 32],
        mean: [0.286],
        std: [0.353],
        label_names: classes,
      });
      const x = images();
      expectClose(await logits(again, x), await logits(model, x));
    });

    it("to tfjs writes a model that tf.loadLayersModel opens", async () => {
      expect((await small("export", "--to", "tfjs", "out/web")).code).toBe(0);
      expect((await readdir(join(folder, "out/web"))).sort()).toEqual([
        "config.json",
        "model.json",
        "weights.bin",
      ]);
      const x = rawImages();
      const wanted = await logits(model, normalised(x));
      expectClose(await logits(await loadModel(join(folder, "out/web")), x), wanted);
      // The folder that training itself leaves, with the last weights, can be exported too.
      const left = await loadModel(join(folder, "runs", "small", "model"));
      expectClose(await logits(left, x), wanted);
      expect(left.getUserDefinedMetadata()).toMatchObject({ pretrained_cfg: { normalized_by: "model" } });
    });

    it.skipIf(!chromiumPath)(
      `to tfjs writes a model that is as accurate in the guide's browser program as in evaluate${skippedWithoutChromium}`,
      async () => {
        expect((await small("export", "--to", "tfjs", "out/browser")).code).toBe(0);
        const count = 300;
        const x = tf.concat((await imagesAsTrained(data as Dataset, count)) as tf.Tensor4D[]);
        const ours = await tf.argMax(model.predict(x) as tf.Tensor2D, 1).data();
        const theirs = await classifyInBrowser(
          join(folder, "out/browser"),
          test.images.subarray(0, count * 784),
        );
        const right = (answers: ArrayLike<number>) =>
          Array.from(answers).filter((answer, i) => answer === test.labels[i]).length / count;
        const same = theirs.filter((name, i) => name === classes[ours[i]!]).length / count;
        expect(right(ours)).toBeGreaterThan(0.4);
        expect(same).toBeGreaterThan(0.99);
        expect(Math.abs(right(theirs.map((name) => classes.indexOf(name))) - right(ours))).toBeLessThan(
          0.005,
        );
      },
      60_000,
    );

    it("never overwrites files: exit code 1, files unchanged", async () => {
      await mkdir(join(folder, "mine"));
      await writeFile(join(folder, "mine", "model.onnx"), "precious");
      const { code, stderr } = await small("export", "--to", "onnx", "mine");
      expect(code).toBe(1);
      expect(stderr).toMatch(/^export: expected mine to be new or empty, got a folder with 1 entries/);
      expect(await readdir(join(folder, "mine"))).toEqual(["model.onnx"]);
      expect(await readFile(join(folder, "mine", "model.onnx"), "utf8")).toBe("precious");
    });
  });

  describe("weights", () => {
    const last = () => join(folder, "runs", "small", "last.safetensors");

    it("are the best ones, unless the last are asked for or there are no others", async () => {
      const weightsOf = async (...args: string[]) =>
        JSON.parse((await run(["export", "--to", "onnx", "--json", ...args], folder)).stdout).weights;
      expect(await weightsOf("--run", "small", "--weights", "last", "out/last")).toBe("last");
      await copyFile(last(), join(await another("only-last", {}), "last.safetensors"));
      expect(await weightsOf("--run", "only-last", "out/only-last")).toBe("last");
    });

    it("of another net, or with a flipped bit, are refused: exit code 1, nothing written", async () => {
      const to = await another("other", { resize: 28 });
      await copyFile(last(), join(to, "last.safetensors"));
      const other = await run(["export", "--run", "other", "--to", "onnx", "out/other"], folder);
      expect(other.code).toBe(1);
      expect(other.stderr).toMatch(
        /^runs.other.last\.safetensors: expected weights of lenet at 28x28 pixels, got: .*different /,
      );
      const bytes = await readFile(last());
      bytes[bytes.length - 100]! ^= 1;
      await writeFile(join(await another("flipped", {}), "last.safetensors"), bytes);
      const flipped = await run(["export", "--run", "flipped", "--to", "onnx", "out/flipped"], folder);
      expect(flipped.code).toBe(1);
      expect(flipped.stderr).toContain("last.safetensors");
      for (const out of ["other", "flipped"]) expect(existsSync(join(folder, "out", out))).toBe(false);
    });
  });
});

const expectClose = (values: ArrayLike<number>, expected: ArrayLike<number>) => {
  expect(values).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(values[i]! - expected[i]!)).toBeLessThan(1e-4);
};
