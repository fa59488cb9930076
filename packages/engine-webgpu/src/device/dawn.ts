// WebGPU under Node: Dawn, the implementation of Chrome, as the package `webgpu` has it built for every platform.
import { WebGpuError } from "./problem.js";

/** Half precision, which Dawn hides on NVIDIA's Vulkan driver; timestamps as they are, which it rounds to 100 microseconds against spying pages. */
const defaults = [
  "enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia",
  "disable-dawn-features=timestamp_quantization",
];

// What `create` returns must outlive every device: Dawn uses it without holding it, and crashes once it is collected.
let gpu: GPU | undefined;

/**
 * The GPU object of this process, put where a browser has it: tfjs's backend looks for `navigator.gpu` and the classes beside it.
 *
 * @param switches Dawn's own, such as "backend=null"; those of the first call count
 * @throws WebGpuError when Dawn's library does not load
 */
export const dawn = async (switches: string[] = defaults): Promise<GPU> => {
  if (gpu) return gpu;
  if (switches === defaults) checkVulkan();
  const { create, globals } = await import("webgpu").catch((cause: Error) => {
    throw new WebGpuError(
      "libraries-missing",
      `Dawn does not load: ${cause.message}`,
      "it needs glibc 2.34 or later, macOS 12 or Windows 10",
      { cause },
    );
  });
  gpu = create(switches);
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis.navigator ?? defineNavigator(), "gpu", { value: gpu, configurable: true });
  return gpu;
};

/** Node 20 has none. */
const defineNavigator = (): Navigator => {
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true, writable: true });
  return globalThis.navigator;
};

/** Dawn itself would write its surprise to the terminal. A library that is there is refused for being no addon, one that is not for that. */
const checkVulkan = (): void => {
  if (process.platform !== "linux") return;
  try {
    process.dlopen({ exports: {} }, "libvulkan.so.1");
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("cannot open shared object")) return;
    throw new WebGpuError(
      "no-gpu",
      "Vulkan is not installed (no libvulkan.so.1)",
      "install libvulkan1 and the Vulkan driver of your GPU",
      { cause: error },
    );
  }
};
