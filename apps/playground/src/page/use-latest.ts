// What the Worker answers to a question that follows the page, asked again when its subject changes.
import { useEffect, useState } from "preact/hooks";
import { createLatest } from "./latest.js";

/**
 * The latest answer; undefined before the first.
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
  const [latest] = useState(() => createLatest<T>((found) => setAnswer(() => found), fail));
  useEffect(() => latest.ask(ask), subject);
  useEffect(() => latest.end, [latest]);
  return answer;
};
