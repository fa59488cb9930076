// What goes wrong with a run's folder, for callers to tell from other errors.

/** A run folder cannot be made, opened or written. */
export class RunFolderError extends Error {
  override readonly name = "RunFolderError";
}
