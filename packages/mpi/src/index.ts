// @mlpconv/mpi: processes on many machines that exchange arrays.
export { describeGroup } from "./describe-group.js";
export type { Group, OpenGroup, RankInfo } from "./group.js";
export { detectLauncher, type Family, hasJoined, type Launcher } from "./launcher.js";
export { MpiError, PatienceError } from "./mpi-error.js";
export { type OpenGroupOptions, openGroup } from "./open-group.js";
