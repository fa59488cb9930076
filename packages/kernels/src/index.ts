// @mlpconv/kernels: the tfjs backend of engine-native and engine-wasm, over whatever library of compiled kernels it is given.
export { KernelBackend } from "./backend.js";
export { type Functions, type Kernels, type Parameter, type Result, signatures } from "./functions.js";
export type { KernelLibrary, KernelMemory, MemoryChunk, NumberArray, NumberArrayType } from "./library.js";
export { registerKernels } from "./register.js";
