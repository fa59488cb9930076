// @mlpconv/testing/cluster: clusters that tests start on one machine. Loads no tensors, unlike the package's other exports.
export { type Host, type Hosts, startHosts, whyNoHosts } from "./hosts.js";
export {
  childrenOf,
  type Ended,
  isRunning,
  type Launched,
  type LaunchOptions,
  launch,
  rankProcesses,
} from "./processes.js";
export { hasEnded, type Job, type Slurm, startSlurm, whyNoSlurm } from "./slurm.js";
