// A Chinese page says what its English twin says: the same headings, code, tables and links. A change to one is made in the other too.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { codeBlocks, headingLevels, linkTargets, resultSections, tables } from "./markdown.js";

const guides = [
  "getting-started",
  "five-minutes",
  "your-own-pictures",
  "fine-tune",
  "playground",
  "train-compare-export",
  "many-machines",
  "from-pytorch",
  "plateau",
  "glossary",
];
const pairs = [
  { english: "README.md", chinese: "README.zh.md" },
  ...guides.map((name) => ({ english: `docs/guide/${name}.md`, chinese: `docs/zh/guide/${name}.md` })),
];

/** Says what differs first, in words: a diff of two languages would be all of both. */
const sameList = (
  what: string,
  { english, chinese }: (typeof pairs)[number],
  lists: [string[], string[]],
): void => {
  const [ours, theirs] = lists;
  const length = Math.max(ours.length, theirs.length);
  for (let i = 0; i < length; i++) {
    if (ours[i] === theirs[i]) continue;
    const show = (text: string | undefined) => (text === undefined ? "none" : JSON.stringify(text));
    expect.fail(
      `${chinese}: expected ${what} ${i + 1} to be that of ${english}, ${show(ours[i])}, got ${show(theirs[i])}; change both pages`,
    );
  }
};

/** A page may point to its own language, and to a guide by another path: that is the same target. */
const plain = (target: string): string =>
  target
    .replace(/#.*$/, "")
    .replace("README.zh.md", "README.md")
    .replace("docs/zh/", "docs/")
    .replace("https://zh.d2l.ai/", "https://d2l.ai/")
    .replace(/^(?:\.|\.\.\/\.\.\/guide)\/([\w-]+\.md)$/, "guide $1");

test.each(pairs)("$chinese is in step with $english", (pair) => {
  const texts = [pair.english, pair.chinese].map((path) => readFileSync(path, "utf8"));
  const lists = (of: (text: string) => string[]) => texts.map(of) as [string[], string[]];
  sameList("heading", pair, lists(headingLevels));
  sameList(
    "code block",
    pair,
    lists((text) => codeBlocks(text).map(({ info, code }) => `${info}\n${code}`)),
  );
  sameList("section of results/", pair, lists(resultSections));
  sameList("table", pair, lists(tables));
  sameList(
    "link",
    pair,
    lists((text) => linkTargets(text).map(plain).toSorted()),
  );
});
