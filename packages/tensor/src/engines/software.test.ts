// A GPU engine on a software rasteriser, asked for by name, does not count as a GPU.
import { beforeEach, expect, test, vi } from "vitest";
import { tf, tryGpu, useEngine } from "../index.js";

const adapter = vi.hoisted(() => ({ isHardware: false }));
/** Seconds that the probe tells of, by tfjs's name of the backend. */
const seconds = vi.hoisted(() => ({}) as Record<string, number>);
vi.mock("./probe.js", async () => {
  const { tf } = await import("../tf.js");
  return { probe: async () => seconds[tf.getBackend()] ?? 1 };
});
vi.mock("@mlpconv/engine-webgpu", async () => {
  const { tf } = await import("../tf.js");
  tf.registerBackend("webgpu", tf.findBackendFactory("cpu"));
  tf.copyRegisteredKernels("cpu", "webgpu");
  return { prepare: async () => {}, describe: () => "an adapter", isHardware: () => adapter.isHardware };
});
beforeEach(() => {
  // The packages of the other GPU engine may be there, and the native engine be built: neither is what is asked here.
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

test("a software rasteriser is used when named, is no GPU, and is skipped by tryGpu", async () => {
  expect(await useEngine("webgpu")).toMatchObject({ device: "an adapter", gpu: false });
  expect((await tryGpu()).name).not.toBe("webgpu");
}, 300_000); // the native engine may have to be compiled

test("a hardware adapter is a GPU", async () => {
  adapter.isHardware = true;
  expect(await useEngine("webgpu")).toMatchObject({ gpu: true });
  expect((await tryGpu()).gpu).toBe(true);
});

test.each([
  [0.5, true],
  [2, false],
])("auto takes a GPU that is faster than the CPU, %d of its time", async (time, gpu) => {
  adapter.isHardware = true;
  seconds.webgpu = time;
  const engine = await useEngine();
  // Where neither native nor tensorflow is there, nothing is compared.
  if (["native", "tensorflow", "webgpu"].includes(engine.name)) expect(engine.gpu).toBe(gpu);
  expect(tf.getBackend()).toBe(engine.tfjsName);
});
