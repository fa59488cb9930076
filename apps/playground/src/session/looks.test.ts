import { readSafetensors, type SafeTensor, writeSafetensors } from "@mlpconv/weights";
import { expect, test } from "vitest";
import { activityImages, countFor, gradientImages } from "./look-at.js";
import { ignore, openSample, quickSettings, weightsOf } from "./sample.js";
import type { Session } from "./session.js";

const tensorsOf = async (session: Session) => {
  const { tensors } = readSafetensors(await weightsOf(session));
  return new Map([...tensors].map(([name, { data }]) => [name, [...(data as Float32Array)]]));
};

const rootMeanSquare = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

test("answers for the watched images, in their order, with maps whose means are the logits", async () => {
  const session = await openSample();
  expect((await session.look(0)).watched).toHaveLength(10);
  await session.watch([3, 1]);
  const { watched } = await session.look(0);
  expect(watched).toHaveLength(2);
  for (const [i, index] of [3, 1].entries()) {
    const { probabilities, logits, classMaps } = watched[i]!;
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    expect(classMaps).toHaveLength(10);
    for (const [c, { width, height, values }] of classMaps!.entries()) {
      expect([width, height, values.length]).toEqual([7, 7, 49]);
      expect(values.reduce((a, b) => a + b, 0) / 49).toBeCloseTo(logits[c]!, 5);
    }
    const { pixels } = await session.images([index]);
    expect(await session.classify(0, pixels)).toEqual(watched[i]);
  }
});

test("a 1x1 convolution gives at each pixel what a dense layer makes of that pixel's channels", async () => {
  const session = await openSample();
  await session.step(ignore);
  const { pixels } = await session.images([0]);
  const found = (await session.pixelAsSample(0, pixels, [0.5, 0.99]))!;
  expect(found).toMatchObject({ layer: "0.2", grid: { width: 28, height: 28 }, at: [14, 27] });
  expect([found.inputs.length, found.dense.length]).toEqual([6, 4]);
  expect(found.convolution.some((value) => value > 0)).toBe(true);
  for (const [i, value] of found.dense.entries()) expect(value).toBeCloseTo(found.convolution[i]!, 6);
  const [layer] = (await session.layers(0, pixels)).filter(({ layer }) => layer === found.layer);
  expect(layer!.channels.map(({ values }) => values[27 * 28 + 14])).toEqual(found.convolution);

  const dense = await openSample([quickSettings({}, "lenet")]);
  expect(await dense.pixelAsSample(0, pixels, [0, 0])).toBeUndefined();
  await expect(dense.pixelAsSample(0, pixels, [0, 1])).rejects.toThrow("from 0 to below 1");
});

test("so does one without bias that skips pixels, as beside a residual block", async () => {
  const session = await openSample([quickSettings({ resize: 32 }, "resnet18")]);
  const { pixels } = await session.images([0]);
  const found = (await session.pixelAsSample(0, pixels, [0.3, 0.8]))!;
  expect(found).toMatchObject({ layer: "layer2.0.downsample.0", grid: { width: 4, height: 4 }, at: [1, 3] });
  for (const [i, value] of found.dense.entries()) expect(value).toBeCloseTo(found.convolution[i]!, 5);
  // A branch comes whole, in the order of PyTorch's modules.
  const layers = (await session.layers(0, pixels)).map(({ layer }) => layer);
  const block = layers.filter((layer) => layer.startsWith("layer2.0.")).map((layer) => layer.slice(9));
  expect(block).toEqual([
    "conv1",
    "bn1",
    "bn1.relu",
    "conv2",
    "bn2",
    "downsample.0",
    "downsample.1",
    "add",
    "relu",
  ]);
});

test("a look computes on fewer images where an image costs more", () => {
  const costs = [6e6, 134e6, 938e6];
  expect(costs.map((cost) => countFor(cost, activityImages))).toEqual([128, 22, 16]);
  expect(costs.map((cost) => countFor(cost, gradientImages))).toEqual([32, 7, 4]);
});

test("shows the filters of the first convolution as they are in files", async () => {
  const session = await openSample();
  const { filters } = await session.look(0);
  const kernel = (await tensorsOf(session)).get("0.0.weight")!;
  expect(filters).toMatchObject({ inputs: 1, outputs: 6 });
  expect(filters.grids.flatMap(({ values }) => [...values])).toEqual(kernel);
  expect(filters.grids[0]).toMatchObject({ width: 5, height: 5 });
});

test("tells a dead channel", async () => {
  const session = await openSample();
  const { metadata, tensors } = readSafetensors(await weightsOf(session));
  const bias = tensors.get("0.0.bias") as SafeTensor<"F32">;
  tensors.set("0.0.bias", {
    ...bias,
    data: Float32Array.from(bias.data, (value, i) => (i === 2 ? -1e6 : value + 10)),
  });
  await session.load(0, writeSafetensors(tensors, metadata));
  const { activity } = await session.look(0);
  expect(activity[0]).toEqual({ layer: "0.0", alive: Float32Array.from([1, 1, 0, 1, 1, 1]) });
  expect(activity.every(({ alive }) => alive.every((share) => share >= 0 && share <= 1))).toBe(true);
});

test("tells the sizes of weights, gradient and last update", async () => {
  // Plain steps on one batch of all images, so that an update is the gradient times the learning rate.
  const images = 32;
  const learningRate = 0.01;
  const plain = { momentum: 0, weightDecay: 0, schedule: "constant", warmup: 0, flip: false } as const;
  const settings = quickSettings({
    ...plain,
    ...{ learningRate, "net.dropout": 0, batchSize: images, limit: images, epochs: 9 },
  });
  const session = await openSample([settings], { data: { source: "synthetic", train: images, test: 10 } });
  const before = await tensorsOf(session);
  const first = await session.look(0);
  expect(first.sizes.map(({ update }) => update)).toEqual(first.sizes.map(() => 0));
  await session.step(ignore);
  const after = await tensorsOf(session);
  const second = await session.look(0);
  expect(second.step).toBe(1);
  for (const [i, { layer, weights, update, gradient }] of second.sizes.entries()) {
    const values = (of: typeof after) => [...of.get(`${layer}.weight`)!, ...of.get(`${layer}.bias`)!];
    const [was, is] = [values(before), values(after)];
    expect(weights).toBeCloseTo(rootMeanSquare(is), 6);
    const moved = rootMeanSquare(is.map((value, j) => value - was[j]!));
    expect(update / moved).toBeCloseTo(1, 3);
    expect(update / (learningRate * first.sizes[i]!.gradient)).toBeCloseTo(1, 2);
    expect(gradient).toBeGreaterThan(0);
  }
});

test("shows what each layer gives, up to the logits", async () => {
  const session = await openSample([quickSettings({}, "lenet")]);
  const { pixels } = await session.images([0]);
  const layers = await session.layers(0, pixels);
  const { logits, classMaps } = await session.classify(0, pixels);
  expect(classMaps).toBeUndefined();
  expect(layers[0]).toMatchObject({ of: 6 });
  expect(layers[0]!.channels[5]).toMatchObject({ width: 28, height: 28 });
  const last = layers.at(-1)!;
  expect(last.of).toBe(10);
  expect([...last.channels[0]!.values]).toEqual(logits);
});

test("copies at most 64 channels of a layer", async () => {
  const session = await openSample([quickSettings({ "net.ratio": 1 })]);
  const layers = await session.layers(0, (await session.images([0])).pixels);
  expect(layers[0]).toMatchObject({ of: 96, channels: { length: 64 } });
});
