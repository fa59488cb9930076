// An engine for GPUs on a software rasteriser, which somebody asked for by name, is no GPU.
import { beforeEach, expect, test, vi } from "vitest";
import { tryGpu, useEngine } from "../index.js";

const adapter = vi.hoisted(() => ({ isHardware: false }));
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

test("software is used by name, is no GPU, and tryGpu passes it over", async () => {
  expect(await useEngine("webgpu")).toMatchObject({ device: "an adapter", gpu: false });
  expect((await tryGpu()).name).not.toBe("webgpu");
}, 300_000); // the native engine may have to be compiled

test("hardware is one", async () => {
  adapter.isHardware = true;
  expect(await useEngine("webgpu")).toMatchObject({ gpu: true });
  expect((await tryGpu()).gpu).toBe(true);
});
