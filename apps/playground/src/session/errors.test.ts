// What goes wrong is said, and the session can be opened again.
import { syntheticInfo } from "@mlpconv/datasets";
import { tf } from "@mlpconv/tensor";
import { expect, test, vi } from "vitest";
import { createSession } from "./create-session.js";
import { ignore, openSample, quickSettings, recorder, smallData } from "./sample.js";

test("nothing works before it is open", async () => {
  const session = createSession();
  const pixels = new Uint8Array(784);
  for (const call of [
    () => session.train(ignore),
    () => session.step(ignore),
    () => session.reset(),
    () => session.look(0),
    () => session.images([0]),
    () => session.classify(0, pixels),
    () => session.layers(0, pixels),
    () => session.save(0, "onnx"),
    () => session.load(0, pixels),
  ])
    await expect(call()).rejects.toThrow(
      "expected an open session, got none; open an engine, data and networks",
    );
  await session.pause();
  await expect(session.open({ engine: "wasm", networks: [quickSettings()] })).rejects.toThrow(
    "open: expected data, got none",
  );
});

test("images that are too small are refused with the least size, and other settings open with the same data", async () => {
  const session = await openSample();
  const small = quickSettings({ resize: 40 }, "nin");
  await expect(session.open({ engine: "wasm", networks: [small] })).rejects.toThrow(
    /nin: input 40x40 is too small: .* the net needs at least 67x67/,
  );
  await expect(session.look(0)).rejects.toThrow("expected an open session");
  const again = await session.open({ engine: "wasm", networks: [quickSettings()] });
  expect(again.data).toMatchObject({ name: "synthetic", train: 48 });
  expect(await session.train(ignore)).toBe("ended");
});

test("settings that cannot be are refused by name", async () => {
  const session = createSession();
  const open = (changes: object) =>
    session.open({
      engine: "wasm",
      data: smallData,
      networks: [{ ...quickSettings(), ...changes } as never],
    });
  await expect(open({ epochs: 0 })).rejects.toThrow(/open, epochs: expected .* got 0; correct the setting/);
  await expect(open({ model: "resnet" })).rejects.toThrow("expected model to be one of nin, ");
  await expect(open({ augment: "shift:28" })).rejects.toThrow(
    /open: expected shift of augment to move by less than/,
  );
  await expect(session.open({ engine: "wasm", data: smallData, networks: [] })).rejects.toThrow(
    "open: expected at least one network, got none",
  );
  await expect(session.open({ engine: "wasmm" as never, networks: [] })).rejects.toThrow(
    "expected one of auto",
  );
  await expect(session.describe({ ...quickSettings(), resize: 3 }, syntheticInfo)).rejects.toThrow(
    /at least 4x4/,
  );
});

test("indices and pixels of other data are refused", async () => {
  const session = await openSample();
  await expect(session.watch([0, 20])).rejects.toThrow(
    "expected indices of test images from 0 to 19, got 20",
  );
  await expect(session.images([-1])).rejects.toThrow("from 0 to 19, got -1");
  await expect(session.look(1)).rejects.toThrow("look: expected a network from 0 to 0, got 1");
  await expect(session.classify(0, new Uint8Array(100))).rejects.toThrow(
    "classify: expected 784 pixels (28x28x1) in a Uint8Array, got 100; scale the picture to the data's shape",
  );
});

test("training cannot be started twice", async () => {
  const session = await openSample();
  const running = session.train(ignore);
  await expect(session.step(ignore)).rejects.toThrow("step: expected networks that are paused");
  await session.pause();
  expect(await running).toBe("paused");
});

test("an engine that fails ends training with its message, and is started anew by the next open", async () => {
  const session = await openSample([quickSettings(), quickSettings()]);
  await session.step(ignore);
  const backend = tf.backend();
  // A method of tfjs's engine that its types do not tell.
  const engine = tf.engine() as unknown as { runKernelFunc: () => never };
  const failing = vi.spyOn(engine, "runKernelFunc").mockImplementation(() => {
    throw new Error("wasm: expected memory for a tensor [1], got none; use smaller batches");
  });
  const { seen, record } = recorder();
  expect(await session.train(record)).toBe("ended");
  failing.mockRestore();
  expect(seen).toEqual(
    [0, 1].map((network) => ({
      network,
      type: "error",
      message: expect.stringContaining("use smaller batches"),
    })),
  );
  await session.open({ engine: "wasm", networks: [quickSettings()] });
  expect(tf.backend()).not.toBe(backend);
  expect(await session.train(ignore)).toBe("ended");
});

test("a network that does not fit into memory is refused, and a smaller one opens after it", async () => {
  const session = await openSample();
  // 2 GiB of activations for each image of a batch.
  const large = quickSettings({ resize: 1024, batchSize: 48, "net.ratio": 1 }, "ninMnist");
  await session.open({ engine: "wasm", networks: [large] });
  const { seen, record } = recorder();
  expect(await session.step(record)).toBe("ended");
  expect(seen).toEqual([
    { network: 0, type: "error", message: expect.stringMatching(/expected memory for a tensor/) },
  ]);
  await session.open({ engine: "wasm", networks: [quickSettings()] });
  expect(await session.train(ignore)).toBe("ended");
});

test("a network with more weights than a page can hold is refused before they are drawn", async () => {
  const session = createSession();
  const huge = quickSettings({ resize: 1024 }, "alexnet");
  await expect(session.open({ engine: "wasm", data: smallData, networks: [huge] })).rejects.toThrow(
    /^open: expected weights of alexnet, their gradients and the optimizer in 4 GiB, got 10.8 GiB; use smaller images/,
  );
  expect((await session.open({ engine: "wasm", networks: [quickSettings()] })).engine.name).toBe("wasm");
});

test("opening again frees what was open before", async () => {
  const session = await openSample();
  await session.train(ignore);
  await session.look(0);
  const { numTensors, numBytes } = tf.memory();
  for (let i = 0; i < 3; i++) {
    await session.open({ engine: "wasm", networks: [quickSettings()] });
    await session.step(ignore);
    await session.look(0);
    await session.reset();
    await session.train(ignore);
    await session.look(0);
  }
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
});

test("describe tells costs as open does, near those of a step, without opening anything", async () => {
  const session = createSession();
  const described = await session.describe(quickSettings(), syntheticInfo);
  const opened = await session.open({ engine: "wasm", data: smallData, networks: [quickSettings()] });
  expect(described).toEqual(opened.networks[0]);
  expect(described.net.layers[0]).toMatchObject({ name: "0.0", kind: "Conv2D", kernel: 5 });
  // The engine goes on as if nothing had happened.
  await session.step(ignore);
  const { peakBytes } = await tf.profile(async () => {
    await session.step(ignore);
    return undefined as never;
  });
  expect(described.trainingBytes / peakBytes).toBeGreaterThan(0.7);
  expect(described.trainingBytes / peakBytes).toBeLessThan(1.4);
  await session.describe(quickSettings({ "net.ratio": 1 }), syntheticInfo);
  expect(tf.getBackend()).toBe("wasm");
});
