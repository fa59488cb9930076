// What goes wrong with a run's folder, for callers to tell from other errors.
import { systemWords } from "@mlpconv/weights/node";
import { RunFileError } from "../files/parse.js";

/** A run folder cannot be made, opened or written. */
export class RunFolderError extends Error {
  override readonly name = "RunFolderError";
}

/** Says that it was the run's folder that the system refused. */
export const writing = async <T>(body: () => Promise<T>): Promise<T> => {
  try {
    return await body();
  } catch (cause) {
    if (cause instanceof RunFolderError || cause instanceof RunFileError) throw cause;
    throw new RunFolderError(`run: expected a folder that can be written, got ${systemWords(cause)}`, {
      cause,
    });
  }
};
