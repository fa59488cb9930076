// The package's entry in Node: tfjs's "webgpu" backend on Dawn. `import "@mlpconv/engine-webgpu"; await tf.setBackend("webgpu")`.
import { dawn } from "./device/dawn.js";
import { registerKernels } from "./register.js";
import { type PrepareOptions, start } from "./start.js";
import { fileStore } from "./tiles/cache-file.js";

registerKernels();

// An empty variable counts as unset.
const wanted = process.env.MLPCONV_WEBGPU || undefined;
const precision = process.env.MLPCONV_PRECISION || undefined;
// Dawn's null backend computes nothing, which allows measuring the time of the host's part alone.
const gpu = () => dawn(wanted === "null" ? ["backend=null"] : undefined);
const open = start(gpu, { wanted, precision, store: fileStore() });

/**
 * Opens the adapter whose name contains the environment variable `MLPCONV_WEBGPU`, or the fastest hardware adapter. Starting the backend does so too.
 * The adapter `null` accepts all commands and computes nothing. `MLPCONV_PRECISION=mixed` selects mixed precision for convolutions where `options` do not say.
 *
 * @throws WebGpuError when there is no such adapter, it does not support the precision, or the engine runs in another one
 */
export const prepare = (options?: PrepareOptions): Promise<void> => open(options);

export { WebGpuError } from "./device/webgpu-error.js";
export { describe, isHardware, type PrepareOptions } from "./start.js";
