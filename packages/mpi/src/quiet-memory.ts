// Settings for what MPI libraries do to a process as a whole, which Node does not survive.

/**
 * The network layers below MPI want to know when memory is returned to the system, so that they may keep it registered with the network
 * card. For that they overwrite the first instructions of `munmap`, `brk` and others, while V8's threads may be in the middle of them: one
 * process in a hundred crashed or hung at its start. They also catch SIGSEGV, which V8 needs for the bounds of WebAssembly's memory.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  UCX_MEM_EVENTS: "n",
  UCX_ERROR_SIGNALS: "",
  OMPI_MCA_memory: "^patcher",
  FI_MR_CACHE_MONITOR: "disabled",
};

/** Makes those settings, where the user has not. To be called before the library is loaded. */
export const leaveMemoryAlone = (env = process.env): void => {
  // Node's process.env is the environment that C programs see, so the library reads it.
  for (const [name, value] of Object.entries(SETTINGS)) env[name] ??= value;
};
