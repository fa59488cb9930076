// The package's entry under Node: tfjs's "webgpu" backend on Dawn. `import "@mlpconv/engine-webgpu"; await tf.setBackend("webgpu")`.
import { dawn } from "./device/dawn.js";
import { registerKernels } from "./register.js";
import { start } from "./start.js";
import { fileStore } from "./tiles/cache-file.js";

registerKernels();

// A variable that is set to nothing counts as unset.
const wanted = process.env.MLPCONV_WEBGPU || undefined;
const precision = process.env.MLPCONV_PRECISION || undefined;
// Dawn's null backend computes nothing: what it takes is the host's part alone.
const gpu = () => dawn(wanted === "null" ? ["backend=null"] : undefined);
const open = start(gpu, { wanted, precision, store: fileStore() });

/**
 * Opens the adapter that the environment variable `MLPCONV_WEBGPU` names a part of, or the best hardware. Starting the backend does so too.
 * `null` is an adapter that takes every command and computes nothing. `MLPCONV_PRECISION=mixed` has it compute convolutions in mixed precision.
 *
 * @throws WebGpuError when there is none, or none that can
 */
export const prepare = (): Promise<void> => open();

export { WebGpuError } from "./device/webgpu-error.js";
export { describe, isHardware } from "./start.js";
