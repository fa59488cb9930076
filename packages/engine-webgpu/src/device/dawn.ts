// WebGPU in Node: Dawn, Chrome's implementation, from the npm package `webgpu`, which has binaries for every platform.
import { existsSync } from "node:fs";
import { isSoftwareName } from "./open-device.js";
import { WebGpuError } from "./webgpu-error.js";

/** Toggles that enable half precision, which Dawn disables on NVIDIA's Vulkan driver, and matrix units. */
const enabled = ["allow_unsafe_apis", "vulkan_enable_f16_on_nvidia"];
/**
 * Toggle that turns off bounds checks on GPUs. The checks protect against malicious web pages and make products on matrix units take a fifth
 * longer; our shaders read only within their tensors. A software driver compiles ten times as long without the checks, so it keeps them.
 */
const enabledOnGpu = ["disable_robustness"];
/** Toggle to disable: rounding of timestamps to 100 microseconds, a protection against web pages. */
const disabled = ["timestamp_quantization"];

/**
 * @param toggles names of further Dawn toggles, separated by commas; a minus before a name removes the toggle or turns it off
 * @param adapter part of the name of the requested adapter
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

// Keeps the result of `create` alive: Dawn uses it without a reference of its own, and would crash after it is collected.
let gpu: GPU | undefined;

/**
 * The GPU object of this process, placed where browsers have it: tfjs's backend looks for `navigator.gpu` and the WebGPU classes.
 *
 * @param switches for Dawn, such as "backend=null"; only those of the first call are used. Default: what training needs, and the toggles in
 * the environment variable `MLPCONV_DAWN_TOGGLES`
 * @throws WebGpuError when Dawn's library cannot be loaded
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

/** Defines `navigator`, which Node 20 lacks. */
const defineNavigator = (): Navigator => {
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true, writable: true });
  return globalThis.navigator;
};

/** Device files of GPU drivers on Linux: Mesa, NVIDIA, and Windows Subsystem for Linux. */
const devices = ["/dev/dri", "/dev/nvidiactl", "/dev/dxg"];

/** Fails early on a machine without a GPU: opening Dawn is slow and prints warnings about software drivers. */
const checkDevices = (): void => {
  if (process.platform !== "linux" || process.env.MLPCONV_WEBGPU) return;
  if (devices.some((path) => existsSync(path))) return;
  throw new WebGpuError(
    "no-gpu",
    `no graphics device is there (none of ${devices.join(", ")})`,
    "install the driver of your GPU, or set MLPCONV_WEBGPU=llvmpipe to compute with Mesa's software driver on the CPU",
  );
};

/**
 * Checks that the Vulkan loader can be loaded, because Dawn would print its own warning. It is loaded as a Node addon: an error that it is no addon
 * shows that the library exists.
 */
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
