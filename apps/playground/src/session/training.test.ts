import { loader, synthetic } from "@mlpconv/datasets";
import { buildModel, loaderOptions, optimizerOf, scheduleOf } from "@mlpconv/runs/recipe";
import { useEngine } from "@mlpconv/tensor";
import { type TrainEvent, train } from "@mlpconv/trainer";
import { stateDict } from "@mlpconv/weights";
import { beforeAll, describe, expect, test } from "vitest";
import { createSession } from "./create-session.js";
import { checkSettings } from "./network.js";
import { ignore, openSample, quickSettings, recorder, smallData, weightsOf } from "./sample.js";
import type { Progress, Session } from "./session.js";

beforeAll(() => useEngine("wasm"));

const stepsOf = (seen: readonly Progress[], network = 0) =>
  seen
    .filter((one) => one.type === "step" && one.network === network)
    .map((one) => (one.type === "step" ? one.step : 0));

/** Weights at the end, of networks that train without a pause. */
const trained = async (session: Session) => {
  expect(await session.train(ignore)).toBe("ended");
  return weightsOf(session);
};

test("every layer goes on to learn", async () => {
  const session = await openSample();
  await session.train(ignore);
  const { sizes } = await session.look(0);
  expect(Math.min(...sizes.map(({ gradient }) => gradient))).toBeGreaterThan(0);
  expect(Math.min(...sizes.map(({ update }) => update))).toBeGreaterThan(0);
});

test("open says what there is", async () => {
  const session = createSession();
  const opened = await session.open({ engine: "wasm", data: smallData, networks: [quickSettings()] });
  expect(opened.engine).toMatchObject({ name: "wasm", device: expect.stringContaining("thread") });
  expect(opened.data).toMatchObject({ name: "synthetic", shape: [28, 28, 1], train: 48, test: 20 });
  expect(opened.data.classes).toHaveLength(10);
  expect(opened.stepsPerEpoch).toEqual([3]);
  expect(opened.networks[0]!.parameters).toBeGreaterThan(500);
});

test("trains as `train` of a program does, to the bit, and tests as it does", async () => {
  const { seen, record } = recorder();
  const session = await openSample();
  expect(await session.train(record)).toBe("ended");
  const weights = await session.save(0, "safetensors");

  const settings = checkSettings("test", quickSettings());
  const data = synthetic(smallData);
  const options = loaderOptions(settings, data);
  const model = buildModel(settings, data);
  const events: TrainEvent[] = [];
  for await (const event of train(model, {
    train: loader(data.train, options.train),
    test: loader(data.test, options.test),
    optimizer: optimizerOf(settings),
    schedule: scheduleOf(settings),
    epochs: settings.epochs,
  }))
    events.push(event);
  const own = [...(await stateDict(model)).values()].map(({ data }) => data);
  const saved = weights[0]!.bytes;
  const tail = own.reduce((sum, values) => sum + values.byteLength, 0);
  const bytes = Buffer.concat(
    own.map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );
  expect(Buffer.compare(Buffer.from(saved.subarray(saved.length - tail)), bytes)).toBe(0);

  const figures = (event: { type: string }) => {
    const {
      examplesPerSecond: _,
      seconds: __,
      network: ___,
      classAccuracies: ____,
      ...rest
    } = event as Record<string, unknown>;
    return rest;
  };
  const logged = events.filter(({ type }) => type === "step" || type === "epoch");
  expect(seen.filter(({ type }) => type !== "end").map(figures)).toEqual(logged.map(figures));
  const last = seen.findLast((one) => one.type === "epoch");
  if (last?.type !== "epoch") throw new Error("no epoch");
  // Two images of each class.
  expect(last.classAccuracies).toHaveLength(10);
  expect(last.classAccuracies.reduce((a, b) => a + b, 0) / 10).toBeCloseTo(last.testAccuracy!, 10);
  expect(seen.at(-1)).toEqual({ network: 0, type: "end" });
});

test("pauses after the running step, and goes on as if it had not", async () => {
  const whole = await trained(await openSample());
  const session = await openSample();
  const { seen, record } = recorder();
  const running = session.train((progress) => {
    record(progress);
    if (progress.type === "step" && progress.step === 2) void session.pause();
  });
  expect(await running).toBe("paused");
  expect(stepsOf(seen)).toEqual([1, 2]);
  expect(await session.step(record)).toBe("paused");
  expect(stepsOf(seen)).toEqual([1, 2, 3]);
  // The third step is the last of its epoch: the test belongs to it.
  expect(seen.at(-1)).toMatchObject({ type: "epoch", epoch: 1 });
  expect(await session.train(record)).toBe("ended");
  expect(stepsOf(seen)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await weightsOf(session)).toEqual(whole);
});

test("a test of many images can be paused", async () => {
  const settings = quickSettings({ epochs: 1, batchSize: 4, limit: 4 });
  const session = await openSample([settings], { data: { source: "synthetic", train: 4, test: 40 } });
  const { seen, record } = recorder();
  const running = session.train(record);
  // The first step, and some batches of the test.
  while (seen.length === 0) await new Promise(setImmediate);
  await session.pause();
  expect(await running).toBe("paused");
  expect(seen.map(({ type }) => type)).toEqual(["step"]);
  expect(await session.train(record)).toBe("ended");
  expect(seen.map(({ type }) => type)).toEqual(["step", "epoch", "end"]);
});

test("reset begins again with the same bits", async () => {
  const session = await openSample();
  const fresh = await weightsOf(session);
  const first = await trained(session);
  expect(first).not.toEqual(fresh);
  await session.reset();
  expect(await weightsOf(session)).toEqual(fresh);
  expect(await trained(session)).toEqual(first);
});

test("the same settings give the same bits in another session", async () => {
  const settings = quickSettings({ seed: 7 });
  const first = await trained(await openSample([settings]));
  const again = await trained(await openSample([structuredClone(settings)]));
  expect(again).toEqual(first);
  expect(await trained(await openSample([quickSettings({ seed: 8 })]))).not.toEqual(first);
});

describe("side by side", () => {
  const slower = quickSettings({ learningRate: 0.001 });

  test("each network has the bits that it has alone", async () => {
    const alone = [await trained(await openSample()), await trained(await openSample([slower]))];
    const session = await openSample([quickSettings(), slower]);
    const { seen, record } = recorder();
    expect(await session.train(record)).toBe("ended");
    expect([await weightsOf(session, 0), await weightsOf(session, 1)]).toEqual(alone);
    const order = seen.flatMap((one) => (one.type === "step" ? [`${one.network}:${one.step}`] : []));
    expect(order.slice(0, 6)).toEqual(["0:1", "1:1", "0:2", "1:2", "0:3", "1:3"]);
  });

  test("one whose loss is not finite ends with a message, and the other goes on", async () => {
    const session = await openSample([quickSettings({ learningRate: 1e30, warmup: 0 }), slower]);
    const { seen, record } = recorder();
    expect(await session.train(record)).toBe("ended");
    expect(seen.filter(({ type }) => type === "error")).toEqual([
      { network: 0, type: "error", message: expect.stringContaining("expected a finite loss") },
    ]);
    expect(stepsOf(seen, 1)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

test("answers calls while it trains, and looks change no bit", async () => {
  const whole = await trained(await openSample());
  const session = await openSample();
  const looks: number[] = [];
  const { seen, record } = recorder();
  const running = session.train(record);
  while (looks.length < 3) {
    looks.push((await session.look(0)).step);
    const { pixels } = await session.images([0]);
    await session.classify(0, pixels);
    await session.layers(0, pixels);
    await session.describe(quickSettings(), { shape: [28, 28, 1], classes: ["a", "b"] });
  }
  expect(await running).toBe("ended");
  expect(Math.min(...looks)).toBeLessThan(6);
  expect(stepsOf(seen)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await weightsOf(session)).toEqual(whole);
});

test("calls that do not wait for each other keep their order", async () => {
  const whole = await trained(await openSample());
  const session = createSession();
  const request = { engine: "wasm", data: smallData, networks: [quickSettings()] } as const;
  const calls = [session.open(request), session.train(ignore), session.reset(), session.train(ignore)];
  expect(await Promise.all(calls)).toEqual([expect.anything(), "paused", undefined, "ended"]);
  expect(await weightsOf(session)).toEqual(whole);
});
