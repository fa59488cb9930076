// The same on a GPU, and after it was lost.
import { tf } from "@mlpconv/tensor";
import { describe, expect, test } from "vitest";
import { createSession } from "./create-session.js";
import { ignore, quickSettings, recorder, smallData, weightsOf } from "./sample.js";

const adapter = process.env.MLPCONV_WEBGPU;
const skipped = adapter === undefined ? " (skipped: MLPCONV_WEBGPU names no adapter)" : "";

describe.skipIf(adapter === undefined)(`on the adapter that MLPCONV_WEBGPU names${skipped}`, () => {
  test("pauses and looks change no bit, and a lost device is told and replaced", async () => {
    // The shapes of the trainer's suites, whose shaders the driver has compiled.
    const settings = quickSettings({ epochs: 1, resize: 14, batchSize: 4, limit: 12, "net.lastRelu": false });
    const request = { engine: "webgpu", networks: [settings] } as const;
    const session = createSession();
    await session.open({ ...request, data: smallData });
    expect(await session.train(ignore)).toBe("ended");
    const whole = await weightsOf(session);

    await session.reset();
    await session.step(ignore);
    await session.look(0);
    expect(await session.train(ignore)).toBe("ended");
    expect(await weightsOf(session)).toEqual(whole);

    await session.reset();
    await session.step(ignore);
    const backend = tf.backend();
    const { device } = backend as unknown as { device: EventTarget };
    device.dispatchEvent(Object.assign(new Event("uncapturederror"), { error: { message: "it ran away" } }));
    const { seen, record } = recorder();
    expect(await session.train(record)).toBe("ended");
    expect(seen).toEqual([
      { network: 0, type: "error", message: expect.stringContaining("webgpu: it ran away") },
    ]);
    await expect(session.look(0)).rejects.toThrow("it ran away");

    await session.open(request);
    expect(tf.backend()).not.toBe(backend);
    expect(await session.train(ignore)).toBe("ended");
    expect(await weightsOf(session)).toEqual(whole);
  }, 240_000);
});
