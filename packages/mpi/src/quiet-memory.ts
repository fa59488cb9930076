// Settings that keep MPI libraries from changing the process in ways that Node does not survive.

/**
 * The network layers below MPI want to be notified when memory is returned to the system, so that they can keep it registered with the network
 * card. To this end they overwrite the first instructions of `munmap`, `brk` and others, while V8's threads may be executing them: one
 * process in a hundred crashed or hung at its start. They also catch SIGSEGV, which V8 needs for WebAssembly's bounds checks.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  UCX_MEM_EVENTS: "n",
  UCX_ERROR_SIGNALS: "",
  OMPI_MCA_memory: "^patcher",
  FI_MR_CACHE_MONITOR: "disabled",
};

/** Applies these settings unless the user has set them. Must be called before the library is loaded. */
export const leaveMemoryAlone = (env = process.env): void => {
  // Node's process.env changes the C environment, which the library reads.
  for (const [name, value] of Object.entries(SETTINGS)) env[name] ??= value;
};
