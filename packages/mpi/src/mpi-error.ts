// What can go wrong with a group of processes, told apart by a code.

/** Why a group cannot be opened or used. */
export class MpiError extends Error {
  /** "MpiError", or "PatienceError". */
  override readonly name: string = "MpiError";
  constructor(
    /**
     * "no-library": no MPI library could be loaded; "wrong-launcher": the launcher and the library do not belong together; "patience": a
     * collective took too long; "closed": this process or another one has left the group; "failed": an error of the library.
     */
    readonly code: "no-library" | "wrong-launcher" | "patience" | "closed" | "failed",
    message: string,
    options?: ErrorOptions,
  ) {
    super(`mpi: ${message}`, options);
  }
}

/** A collective took longer than the group's patience, because another rank has died, is stopped or cannot be reached. */
export class PatienceError extends MpiError {
  override readonly name = "PatienceError";
  constructor(
    /** The collective that was waited for: "exchange", "gather", "broadcast", "barrier" or "close". */
    readonly collective: string,
    /** Ranks that did not answer, in ascending order. Empty if all did and the collective is slow. */
    readonly missing: readonly number[],
    message: string,
  ) {
    super("patience", message);
  }
}
