// A saved model is plain tfjs: a process that knows nothing of this project opens it and computes the same logits.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { tf, useEngine } from "@mlpconv/tensor";
import "@mlpconv/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ModelName, models, parameters } from "../src/index.js";

await useEngine("cpu");

const saved: Record<Exclude<ModelName, "vgg13" | "vgg16" | "vgg19" | "resnet34">, () => tf.LayersModel> = {
  nin: () => models.nin({ inputShape: [67, 67, 1], classes: 3 }),
  // One even and one odd side: ceil-mode pooling takes two layers here.
  ninMnist: () => models.ninMnist({ inputShape: [10, 9, 1], ratio: 8, lastRelu: false }),
  ninCifar: () => models.ninCifar({ inputShape: [9, 9, 3], ratio: 8 }),
  lenet: () => models.lenet({ init: { weights: "xavier", biases: "pytorch" } }),
  alexnet: () => models.alexnet({ inputShape: [65, 65, 1] }),
  vgg11: () => models.vgg11({ inputShape: [32, 32, 1], ratio: 16 }),
  ninBn: () => models.ninBn({ inputShape: [67, 67, 1], classes: 3 }),
  googlenet: () => models.googlenet({ inputShape: [20, 17, 1] }),
  resnet18: () => models.resnet18({ inputShape: [40, 33, 3] }),
  densenet: () => models.densenet({ inputShape: [33, 40, 1] }),
};

/** What a stranger would write, importing @tensorflow/tfjs alone. */
const stranger = `
const tf = require(process.argv[2]);
const { readFileSync } = require("node:fs");
const [, , , folder] = process.argv;
const read = (name) => readFileSync(folder + "/" + name);
(async () => {
  const { shape, ...artifacts } = JSON.parse(read("model.json"));
  const weightData = new Uint8Array(read("weights.bin")).buffer;
  const model = await tf.loadLayersModel(tf.io.fromMemory({ ...artifacts, weightData }));
  const x = tf.tensor(new Float32Array(new Uint8Array(read("x.bin")).buffer), shape);
  const logits = await model.predict(x).data();
  const names = model.layers.map((layer) => layer.name);
  const trained = await tf.tidy(() => model.apply(x, { training: true })).data();
  console.log(JSON.stringify({ logits: Array.from(logits), names, trained: trained.length }));
})();
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-saved-"));
  await writeFile(join(folder, "stranger.cjs"), stranger);
});
afterAll(() => rm(folder, { recursive: true }));

/** tensor depends on tfjs; nothing here does. */
const tfjs = join(import.meta.dirname, "../../tensor/node_modules/@tensorflow/tfjs");

test.each(Object.entries(saved))(
  "%s opens in stock tf.loadLayersModel and gives the same logits",
  async (_, build) => {
    const model = build();
    const shape = [2, ...model.inputs[0]!.shape.slice(1)] as [number, number, number, number];
    const x = tf.randomUniform(shape, 0, 1, "float32", 1);
    await model.save(
      tf.io.withSaveHandler(async ({ weightData, ...artifacts }) => {
        await writeFile(join(folder, "model.json"), JSON.stringify({ ...artifacts, shape }));
        await writeFile(join(folder, "weights.bin"), new Uint8Array(weightData as ArrayBuffer));
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    await writeFile(join(folder, "x.bin"), new Uint8Array((await x.data()).buffer));

    const { stdout } = await promisify(execFile)(process.execPath, [
      join(folder, "stranger.cjs"),
      tfjs,
      folder,
    ]);
    const theirs = JSON.parse(stdout) as { logits: number[]; names: string[]; trained: number };
    expect(theirs.logits).toBeAllclose(await (model.apply(x) as tf.Tensor).data(), {
      rtol: 1e-4,
      atol: 1e-5,
    });
    expect(theirs.names).toEqual(model.layers.map(({ name }) => name));
    expect(theirs.trained).toBe(theirs.logits.length);
    model.dispose();
  },
);

test("a model that was opened has the same parameters under PyTorch's keys", async () => {
  const model = models.lenet();
  let artifacts: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  const opened = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  const [ours, theirs] = [parameters(model), parameters(opened)];
  expect(theirs.map(({ key, shape }) => [key, shape])).toEqual(ours.map(({ key, shape }) => [key, shape]));
  const [first, same] = [ours[4]!, theirs[4]!];
  expect(await same.toTorch(same.variable).data()).toEqual(await first.toTorch(first.variable).data());
});
