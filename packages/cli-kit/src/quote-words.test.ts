import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { quoteWords } from "./quote-words.js";

const words = [
  ...[
    "--run",
    "a-nin-seed0",
    "",
    " ",
    "two words",
    "it's",
    "''",
    '"',
    "\\",
    "a\\'b",
    "tab\there",
    "~",
    "=x",
    "a=b",
  ],
  ...["$HOME", "`id`", "!!", "*", "#", ";", "&&", "服装", "C:\\data\\x", "{}", "%s", "-n"],
];

/** Prints its arguments as JSON. */
const echo = ["-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--"];

it("quotes only what needs it", () => {
  expect(quoteWords(["train", "--lr", "0.05", "--data", "my data/it's"])).toBe(
    "train --lr 0.05 --data 'my data/it'\\''s'",
  );
});

it.skipIf(process.platform === "win32").each([
  ["a shell", "sh", ["-c", `"$0" "$1" "$2" "$3" ${quoteWords(words)}`, process.execPath, ...echo], ""],
  ["xargs", "xargs", [process.execPath, ...echo], quoteWords(words)],
  ["xargs, a line at a time", "xargs", ["-L", "1", process.execPath, ...echo], `${quoteWords(words)}\n`],
])("gives %s the same arguments", (_, program, args, input) => {
  expect(JSON.parse(execFileSync(program, args, { input, encoding: "utf8" }))).toEqual(words);
});
