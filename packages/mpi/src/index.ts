// @mlpconv/mpi: groups of processes, on one or many machines, that exchange arrays.
export { describeGroup } from "./describe-group.js";
export { isChildOfLauncher } from "./find-library.js";
export type { Group, OpenGroup, RankInfo } from "./group.js";
export {
  aloneFix,
  detectLauncher,
  type Family,
  hasJoined,
  isFirstOfMachine,
  type Launcher,
} from "./launcher.js";
export { MpiError, PatienceError } from "./mpi-error.js";
export { type OpenGroupOptions, openGroup } from "./open-group.js";
