// Questions of which only the last counts, asked one at a time.

/**
 * Asks questions one after another. Those that are asked during an answer wait, and of them the last is asked next.
 *
 * @param onAnswer told each answer; undefined when there is nothing to ask
 * @param onError told what a question threw
 */
export const createLatest = <T>(
  onAnswer: (answer: T | undefined) => void,
  onError: (error: unknown) => void,
) => {
  let waiting: (() => Promise<T>) | undefined;
  /** Whether an answer is wanted: not after there was nothing to ask. */
  let wanted = false;
  let asking = false;

  const askAll = async () => {
    asking = true;
    while (waiting) {
      const question = waiting;
      waiting = undefined;
      try {
        const answer = await question();
        if (wanted) onAnswer(answer);
      } catch (error) {
        onError(error);
      }
    }
    asking = false;
  };

  return {
    /** @param question undefined where there is nothing to ask; an answer that is under way is left out then */
    ask: (question: (() => Promise<T>) | undefined): void => {
      waiting = question;
      wanted = question !== undefined;
      if (!wanted) onAnswer(undefined);
      else if (!asking) void askAll();
    },
    /** Asks and answers nothing more. */
    end: (): void => {
      waiting = undefined;
      wanted = false;
    },
  };
};
