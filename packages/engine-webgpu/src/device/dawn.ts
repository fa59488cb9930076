// WebGPU under Node: Dawn, the implementation of Chrome, as the package `webgpu` has it built for every platform.
import { existsSync } from "node:fs";
import { isSoftwareName } from "./open-device.js";
import { WebGpuError } from "./webgpu-error.js";

/** Half precision, which Dawn hides on NVIDIA's Vulkan driver, and matrix units. */
const enabled = ["allow_unsafe_apis", "vulkan_enable_f16_on_nvidia"];
/**
 * Turns off the check of each index on GPUs, which protects memory from web pages: products on matrix units take a fifth longer with it, and no shader of
 * ours reads outside of its tensors. A software driver compiles ten times as long without it.
 */
const enabledOnGpu = ["disable_robustness"];
/** Timestamps rounded to 100 microseconds, which keep web pages from spying. */
const disabled = ["timestamp_quantization"];

/**
 * @param toggles names of more of Dawn's toggles, separated by commas; one with a minus in front is left out, or turned off
 * @param adapter part of the name of the one that is wanted
 */
const switchesWith = (toggles = "", adapter = ""): string[] => {
  const usual = isSoftwareName(adapter) ? enabled : [...enabled, ...enabledOnGpu];
  const named = toggles.split(",").filter(Boolean);
  const off = named.filter((name) => name.startsWith("-")).map((name) => name.slice(1));
  const on = [...usual, ...named.filter((name) => !name.startsWith("-"))];
  return [
    `enable-dawn-features=${on.filter((name) => !off.includes(name))}`,
    `disable-dawn-features=${[...disabled, ...off]}`,
  ];
};

// What `create` returns must outlive every device: Dawn uses it without holding it, and crashes once it is collected.
let gpu: GPU | undefined;

/**
 * The GPU object of this process, put where a browser has it: tfjs's backend looks for `navigator.gpu` and the classes beside it.
 *
 * @param switches Dawn's own, such as "backend=null"; those of the first call count. Default: what training needs, and the toggles that the environment
 * variable `MLPCONV_DAWN_TOGGLES` names
 * @throws WebGpuError when Dawn's library does not load
 */
export const dawn = async (switches?: string[]): Promise<GPU> => {
  if (gpu) return gpu;
  if (!switches) {
    checkDevices();
    checkVulkan();
  }
  const { create, globals } = await import("webgpu").catch((cause: Error) => {
    throw new WebGpuError(
      "libraries-missing",
      `Dawn does not load: ${cause.message}`,
      "it needs glibc 2.34 or later, macOS 12 or Windows 10",
      { cause },
    );
  });
  const { MLPCONV_DAWN_TOGGLES: toggles, MLPCONV_WEBGPU: adapter } = process.env;
  gpu = create(switches ?? switchesWith(toggles, adapter));
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis.navigator ?? defineNavigator(), "gpu", { value: gpu, configurable: true });
  return gpu;
};

/** Node 20 has none. */
const defineNavigator = (): Navigator => {
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true, writable: true });
  return globalThis.navigator;
};

/** What the drivers of GPUs put there under Linux: of Mesa, of NVIDIA, of Windows' subsystem for Linux. */
const devices = ["/dev/dri", "/dev/nvidiactl", "/dev/dxg"];

/** Keeps Dawn closed where there is no GPU: opening it is slow and prints warnings about software drivers. */
const checkDevices = (): void => {
  if (process.platform !== "linux" || process.env.MLPCONV_WEBGPU) return;
  if (devices.some((path) => existsSync(path))) return;
  throw new WebGpuError(
    "no-gpu",
    `no graphics device is there (none of ${devices.join(", ")})`,
    "install the driver of your GPU, or set MLPCONV_WEBGPU=llvmpipe to compute with Mesa's software driver on the CPU",
  );
};

/** Dawn itself would write its surprise to the terminal. A library that is there is refused for being no addon, one that is not for that. */
const checkVulkan = (): void => {
  if (process.platform !== "linux") return;
  try {
    process.dlopen({ exports: {} }, "libvulkan.so.1");
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("cannot open shared object")) return;
    throw new WebGpuError(
      process.env.MLPCONV_WEBGPU ? "wrong-setting" : "no-gpu",
      "Vulkan is not installed (no libvulkan.so.1)",
      "install libvulkan1 and the Vulkan driver of your GPU",
      { cause: error },
    );
  }
};
