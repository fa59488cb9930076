// The error about a run's folder as a whole. `RunFileError` is about the contents of one of its files.

/** A folder is not a run's, is in use, or cannot be read or written. */
export class RunFolderError extends Error {
  override readonly name = "RunFolderError";
}
