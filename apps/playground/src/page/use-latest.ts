// What the Worker answers to a question that follows the page: asked again when its subject changes, and never two at a time.
import { useEffect, useRef, useState } from "preact/hooks";

/**
 * The latest answer.
 *
 * @param ask undefined while there is nothing to ask; then there is no answer either
 * @param subject what the question depends on; the question about the last subject is always asked
 * @param fail told what was thrown; the answer before it stays
 */
export const useLatest = <T>(
  ask: (() => Promise<T>) | undefined,
  subject: readonly unknown[],
  fail: (error: unknown) => void,
): T | undefined => {
  const [answer, setAnswer] = useState<T | undefined>(undefined);
  const pending = useRef<typeof ask>(undefined);
  const wanted = useRef(false);
  const asking = useRef(false);

  const askAll = async () => {
    asking.current = true;
    while (pending.current) {
      const question = pending.current;
      pending.current = undefined;
      try {
        const found = await question();
        if (wanted.current) setAnswer(found);
      } catch (error) {
        fail(error);
      }
    }
    asking.current = false;
  };

  useEffect(() => {
    pending.current = ask;
    wanted.current = ask !== undefined;
    if (!ask) setAnswer(undefined);
    else if (!asking.current) void askAll();
  }, subject);
  // A part of the page that is gone asks no more.
  useEffect(
    () => () => {
      pending.current = undefined;
      wanted.current = false;
    },
    [],
  );
  return answer;
};
