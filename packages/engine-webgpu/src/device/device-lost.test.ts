import { expect, test } from "vitest";
import { checkDevice, watch } from "./device-lost.js";
import type { OpenDevice } from "./open-device.js";

/** An open device and what its driver may do to it. */
const fake = () => {
  let lose!: (info: { reason: string; message: string }) => void;
  let fail!: (event: { error: { message: string } }) => void;
  const device = {
    lost: new Promise((resolve) => {
      lose = resolve;
    }),
    addEventListener: (_: string, listener: typeof fail) => {
      fail = listener;
    },
  };
  watch({ adapter: { info: { description: "NVIDIA H100" } }, device } as unknown as OpenDevice);
  return { lose, fail };
};

test("a device that works, and one that was destroyed on purpose, are not reported as lost", async () => {
  const { lose } = fake();
  checkDevice();
  lose({ reason: "destroyed", message: "" });
  await new Promise(setImmediate);
  checkDevice();
});

test("the error for a lost device says what to do, until another one is opened", async () => {
  const { lose } = fake();
  lose({ reason: "unknown", message: "the driver was reset\n" });
  await new Promise(setImmediate);
  expect(checkDevice).toThrow(
    "webgpu: NVIDIA H100 was lost: the driver was reset; start the program again, with --resume if it was training",
  );
  fake();
  checkDevice();
});

test("the first of several errors outside of every error scope is thrown by the next command", () => {
  const { fail } = fake();
  fail({ error: { message: "Out of memory" } });
  fail({ error: { message: "invalid" } });
  expect(checkDevice).toThrow("webgpu: Out of memory; use smaller batches if it speaks of memory");
});
