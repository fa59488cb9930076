// Errors of groups of processes, distinguished by a code.

/** A group cannot be opened or used. */
export class MpiError extends Error {
  /** "MpiError", or "PatienceError". */
  override readonly name: string = "MpiError";
  constructor(
    /**
     * "no-library": no MPI library could be loaded; "wrong-launcher": launcher and library do not fit; "patience": a
     * collective took too long; "closed": this process or another one has left the group; "failed": the library returned an error.
     */
    readonly code: "no-library" | "wrong-launcher" | "patience" | "closed" | "failed",
    message: string,
    options?: ErrorOptions,
  ) {
    super(`mpi: ${message}`, options);
  }
}

/** A collective took longer than the group's patience: another rank has died, is stopped or cannot be reached. */
export class PatienceError extends MpiError {
  override readonly name = "PatienceError";
  constructor(
    /** The collective that took too long: "exchange", "gather", "broadcast", "barrier" or "close". */
    readonly collective: string,
    /** Ranks that did not answer, in ascending order. Empty if all answered and the collective is only slow. */
    readonly missing: readonly number[],
    message: string,
  ) {
    super("patience", message);
  }
}
