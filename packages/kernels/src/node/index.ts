// @mlpconv/kernels/node: what the engines share under Node alone.
export { chooseThreads, quotaCpus, SettingError } from "./threads.js";
