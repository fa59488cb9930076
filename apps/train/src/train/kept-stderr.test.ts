import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { linesOf, printAgain, watchStderr } from "./kept-stderr.js";

// A function of our own under the watched one, so that the tests print nothing.
const printed: string[] = [];
const { write } = process.stderr;
beforeEach(() => {
  printed.length = 0;
  process.stderr.write = ((text: string) => printed.push(text) > 0) as typeof write;
});
afterEach(() => {
  process.stderr.write = write;
});

describe("watchStderr", () => {
  it.each([
    [false, ["one\n", "two\n", "after\n"]],
    [true, ["after\n"]],
  ])("collects the lines of the work, kept back: %s", async (silent, expected) => {
    const work = async () => {
      process.stderr.write("one\n");
      await new Promise(setImmediate);
      process.stderr.write("two\n");
      return 3;
    };
    expect(await watchStderr(work, silent)).toEqual({ outcome: { value: 3 }, lines: ["one", "two"] });
    process.stderr.write("after\n");
    expect(printed).toEqual(expected);
  });

  it("keeps what console.warn prints, and tells the writer when it is kept", async () => {
    const done = vi.fn();
    const { lines } = await watchStderr(() => {
      process.stderr.write("slow\n", done);
    }, true);
    await new Promise(setImmediate);
    expect(lines).toEqual(["slow"]);
    expect(done).toHaveBeenCalledOnce();
  });

  it("prints again after a failure, with the lines before it", async () => {
    const error = new Error("no engine");
    const watched = await watchStderr(() => {
      process.stderr.write("no GPU\n");
      throw error;
    }, true);
    expect(watched).toEqual({ outcome: { error }, lines: ["no GPU"] });
    process.stderr.write("after\n");
    expect(printed).toEqual(["after\n"]);
  });

  it("prints again while work goes on that nobody waits for any more", () => {
    void watchStderr(() => new Promise(() => {}), true);
    process.stderr.write("kept\n");
    printAgain();
    process.stderr.write("interrupted\n");
    expect(printed).toEqual(["interrupted\n"]);
  });
});

it("reads lines as a terminal shows them", () =>
  expect(linesOf("a\n\r\u001b[K1 of 2\r\u001b[K2 of 2\r\u001b[Kdone\n\n")).toEqual(["a", "done"]));
