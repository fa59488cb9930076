// The package's entry in browsers, some of which have no WebGPU.
import { WebGpuError } from "./device/webgpu-error.js";
import { registerKernels } from "./register.js";
import { type PrepareOptions, start } from "./start.js";
import { browserStore } from "./tiles/local-storage.js";

registerKernels();

const gpu = async (): Promise<GPU> => {
  if (!("gpu" in navigator))
    throw new WebGpuError(
      "no-gpu",
      "this browser has no WebGPU",
      "use a current one, on a page served by https",
    );
  return navigator.gpu;
};
const open = start(gpu, { store: browserStore });

/**
 * Opens the hardware adapter with the highest performance. Starting the backend calls this too.
 *
 * @throws WebGpuError when there is no such adapter, it does not support the precision, or the engine runs in another one
 */
export const prepare = (options?: PrepareOptions): Promise<void> => open(options);

export { WebGpuError } from "./device/webgpu-error.js";
export { describe, isHardware, type PrepareOptions } from "./start.js";
