import { expect, test } from "vitest";
import { createLatest } from "./latest.js";

const setup = () => {
  const answers: unknown[] = [];
  const asked: string[] = [];
  const open: ((answer: string | Error) => void)[] = [];
  const latest = createLatest<string>(
    (answer) => answers.push(answer),
    (error) => answers.push(`failed: ${(error as Error).message}`),
  );
  const question = (name: string) => () => {
    asked.push(name);
    return new Promise<string>((resolve, reject) => {
      open.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    });
  };
  /** Answers the question that is under way. */
  const answer = async (text: string | Error) => {
    open.shift()!(text);
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { answers, asked, latest, question, answer };
};

test("of the questions during an answer the last is asked, and the others are not", async () => {
  const { answers, asked, latest, question, answer } = setup();
  for (const name of ["a", "b", "c"]) latest.ask(question(name));
  expect(asked).toEqual(["a"]);
  await answer("A");
  expect(asked).toEqual(["a", "c"]);
  await answer("C");
  expect(answers).toEqual(["A", "C"]);
});

test("a question that fails is told, and does not keep the next one back", async () => {
  const { answers, asked, latest, question, answer } = setup();
  latest.ask(question("a"));
  latest.ask(question("b"));
  await answer(new Error("no"));
  await answer("B");
  latest.ask(question("c"));
  expect(asked).toEqual(["a", "b", "c"]);
  expect(answers).toEqual(["failed: no", "B"]);
});

test("with nothing to ask there is no answer, also not to the question before", async () => {
  const { answers, latest, question, answer } = setup();
  latest.ask(question("a"));
  latest.ask(undefined);
  await answer("A");
  expect(answers).toEqual([undefined]);
  latest.ask(question("b"));
  latest.end();
  await answer("B");
  expect(answers).toEqual([undefined]);
});
