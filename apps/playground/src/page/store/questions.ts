// Questions of the page about the networks that are open, often while the reader opens others.
import type { Session } from "../../session/session.js";

/** The answer is about networks that are open no more, or not yet. */
export class OutdatedError extends Error {
  override readonly name = "OutdatedError";
}

/**
 * A session whose questions about networks and images fail with an `OutdatedError` where others are opened meanwhile.
 *
 * @param opening a value of its own for each opening, and whether that is under way
 */
export const withQuestions = (
  session: Session,
  opening: () => { number: number; underWay: boolean },
): Session => {
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    const before = opening();
    try {
      return await question();
    } catch (error) {
      const now = opening();
      if (before.underWay || now.underWay || before.number !== now.number)
        throw new OutdatedError("page: expected networks that stay open, got others", { cause: error });
      throw error;
    }
  };
  return {
    ...session,
    look: (network) => ask(() => session.look(network)),
    images: (indices) => ask(() => session.images(indices)),
    classify: (network, pixels) => ask(() => session.classify(network, pixels)),
    layers: (network, pixels) => ask(() => session.layers(network, pixels)),
    pixelAsSample: (network, pixels, at) => ask(() => session.pixelAsSample(network, pixels, at)),
  };
};
