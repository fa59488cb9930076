// Opens the device: chooses the adapter, features and limits.
import { FEATURE } from "../wgsl/matrix-unit.js";
import type { Precision } from "../wgsl/precision.js";
import { WebGpuError } from "./webgpu-error.js";

export interface OpenDevice {
  adapter: GPUAdapter;
  device: GPUDevice;
  precision: Precision;
}

/** Features that are requested if available; code that uses one checks `device.features`. */
const features: readonly GPUFeatureName[] = ["timestamp-query", "shader-f16", "subgroups", FEATURE];

/** Limits that are raised to the adapter's: WebGPU's defaults are those of a phone. */
const limits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupsPerDimension",
] as const;

/** @throws WebGpuError for an unknown precision */
export const precisionOf = (precision = "full"): Precision => {
  if (precision === "full" || precision === "mixed") return precision;
  throw new WebGpuError(
    "wrong-setting",
    `MLPCONV_PRECISION: expected full or mixed, got ${precision}`,
    "set it to one of them, or unset it for full",
  );
};

/**
 * @param wanted part of an adapter's name. Default: the fastest hardware adapter; a software rasteriser is used only when named
 * @throws WebGpuError when there is no such adapter ("wrong-setting" if it was named), or it does not support the precision
 */
export const openDevice = async (gpu: GPU, wanted?: string, asked?: string): Promise<OpenDevice> => {
  const precision = precisionOf(asked);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new WebGpuError(
      wanted === undefined ? "no-gpu" : "wrong-setting",
      wanted === undefined
        ? "no graphics adapter was found"
        : `MLPCONV_WEBGPU: expected an adapter called ${wanted}, got none`,
      `install the driver of your GPU (on Linux its Vulkan driver and libvulkan1)${wanted === undefined ? "" : ", or unset MLPCONV_WEBGPU"}`,
    );
  }
  const name = adapterName(adapter);
  if (wanted !== undefined && !name.toLowerCase().includes(wanted.toLowerCase())) {
    throw new WebGpuError(
      "wrong-setting",
      `MLPCONV_WEBGPU: expected an adapter called ${wanted}, got ${name}`,
      "name a part of that name, or unset MLPCONV_WEBGPU",
    );
  }
  if (wanted === undefined && isSoftware(adapter)) {
    throw new WebGpuError(
      "no-gpu",
      `the only adapter is software: ${name}`,
      `install the driver of your GPU, or set MLPCONV_WEBGPU=${adapter.info.device.split("-")[0] || name} to compute with it on the CPU`,
    );
  }
  if (precision === "mixed" && !adapter.features.has("shader-f16")) {
    throw new WebGpuError(
      "failed",
      `mixed precision: expected an adapter with shader-f16, got ${name}`,
      "use full precision",
    );
  }
  const device = await adapter.requestDevice({
    requiredFeatures: features.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
  });
  return { adapter, device, precision };
};

/** Names of the card and, if Dawn gives it, the driver (the description alone names only the driver). Browsers may give only the vendor. */
export const adapterName = ({ info: { vendor, architecture, device, description } }: GPUAdapter): string =>
  [device || description ? device : `${vendor} ${architecture}`, description].filter(Boolean).join(", ");

/** Features that indicate how fast an adapter can be, by their WebGPU names. */
const telling = ["shader-f16", "subgroups", FEATURE];

/** The adapter's name and its features. */
export const describeAdapter = (adapter: GPUAdapter): string => {
  const found = telling.filter((feature) => adapter.features.has(feature));
  return found.length > 0 ? `${adapterName(adapter)}, with ${found.join(", ")}` : adapterName(adapter);
};

/** Matches the names of software rasterisers. */
const software = /swiftshader|llvmpipe|software|basic render/i;
export const isSoftwareName = (name: string): boolean => software.test(name);

export const isSoftware = ({ info }: GPUAdapter): boolean =>
  info.isFallbackAdapter || isSoftwareName(Object.values(described(info)).join(" "));

const described = ({ vendor, architecture, device, description }: GPUAdapterInfo) => ({
  vendor,
  architecture,
  device,
  description,
});
