// The error about a run's folder as a whole; `RunFileError` is about what one of its files holds.

/** A folder is not a run's, is in use, or the system refuses to read or write it. */
export class RunFolderError extends Error {
  override readonly name = "RunFolderError";
}
