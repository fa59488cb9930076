import { describe, expect, test } from "vitest";
import { describeAdapter, openDevice } from "./open-device.js";
import { WebGpuError } from "./webgpu-error.js";

const asked: GPUDeviceDescriptor[] = [];

/** A machine whose best adapter is this one, or that has none. */
const gpu = (info?: Partial<GPUAdapterInfo>, features: GPUFeatureName[] = []): GPU => {
  const adapter = {
    info: { vendor: "", architecture: "", device: "", description: "", isFallbackAdapter: false, ...info },
    features: new Set(features),
    limits: { maxBufferSize: 4 << 30 },
    requestDevice: async (descriptor: GPUDeviceDescriptor) => {
      asked.push(descriptor);
      return { label: "device" };
    },
  };
  return { requestAdapter: async () => (info ? adapter : null) } as unknown as GPU;
};
const card = { vendor: "nvidia", architecture: "hopper", description: "NVIDIA H100" };
const rasteriser = { device: "llvmpipe-llvm-15", description: "llvmpipe: Mesa", isFallbackAdapter: true };

test("takes hardware, with the features that it has and the limits that it allows", async () => {
  const { device } = await openDevice(gpu(card, ["shader-f16", "depth-clip-control"]));
  expect(device.label).toBe("device");
  expect(asked.at(-1)).toMatchObject({
    requiredFeatures: ["shader-f16"],
    requiredLimits: { maxBufferSize: 4 << 30 },
  });
});

test("is described by card, driver and what it can do", async () => {
  const found = { ...card, device: "nvidia-h100", description: "NVIDIA: 550" };
  const { adapter } = await openDevice(gpu(found, ["shader-f16", "depth-clip-control"]));
  expect(describeAdapter(adapter)).toBe("nvidia-h100, NVIDIA: 550, with shader-f16");
});

test("takes a software rasteriser by name alone", async () => {
  await expect(openDevice(gpu(rasteriser), "LLVMpipe")).resolves.toBeDefined();
  await expect(openDevice(gpu(rasteriser))).rejects.toThrow(
    "webgpu: the only adapter is software: llvmpipe-llvm-15, llvmpipe: Mesa; install the driver of your GPU, or set MLPCONV_WEBGPU=llvmpipe",
  );
});

test("computes in mixed precision where the adapter has 16-bit floats", async () => {
  const opened = openDevice(gpu(card, ["shader-f16"]), undefined, "mixed");
  await expect(opened).resolves.toMatchObject({ precision: "mixed" });
  await expect(openDevice(gpu(card), undefined, "mixed")).rejects.toThrow(
    "webgpu: mixed precision: expected an adapter with shader-f16, got NVIDIA H100; use full precision",
  );
  await expect(openDevice(gpu(card), undefined, "half")).rejects.toThrow(
    "webgpu: MLPCONV_PRECISION: expected full or mixed, got half; set it to one of them, or unset it for full",
  );
});

describe("refuses", () => {
  test.each([
    ["a machine without an adapter", gpu(), undefined, "no-gpu", "no graphics adapter was found"],
    [
      "a machine without the adapter that is named, also under auto",
      gpu(),
      "radeon",
      "wrong-setting",
      "MLPCONV_WEBGPU: expected an adapter called radeon, got none",
    ],
    [
      "an adapter of another name, also under auto",
      gpu(card),
      "radeon",
      "wrong-setting",
      "MLPCONV_WEBGPU: expected an adapter called radeon, got NVIDIA H100",
    ],
  ])("%s", async (_, machine, wanted, code, reason) => {
    const error = await openDevice(machine, wanted).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(WebGpuError);
    expect(error).toMatchObject({ code, reason });
  });
});
