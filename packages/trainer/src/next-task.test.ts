import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test.each(["setImmediate", "messages"])("a loop of turns lets a message in, with %s", async (by) => {
  if (by === "messages") vi.stubGlobal("setImmediate", undefined);
  const { nextTask } = await import("./next-task.js");
  const { port1, port2 } = new MessageChannel();
  let seen = 0;
  port1.onmessage = () => seen++;
  for (let i = 1; i <= 3; i++) {
    port2.postMessage(i);
    for (let turn = 0; seen < i && turn < 1000; turn++) await nextTask();
    expect(seen).toBe(i);
  }
  port1.close();
});

test("waits for no frame, which a hidden page does not get", async () => {
  vi.stubGlobal("requestAnimationFrame", () => 0);
  const { nextTask } = await import("./next-task.js");
  await nextTask();
});
