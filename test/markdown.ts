// What tests look at in Markdown: its code blocks, headings, tables, links and the sections that come from results/.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface CodeBlock {
  /** What stands behind the fence: "ts", "ts no-run", "sh". */
  info: string;
  code: string;
  /** Line of the fence, from 1. */
  line: number;
}

const fence = /^(`{3,}) *(.*)\n([\s\S]*?)^\1$/gm;

export const codeBlocks = (text: string): CodeBlock[] =>
  [...text.matchAll(fence)].map(({ 2: info, 3: code, index }) => ({
    info: info!,
    code: code!,
    line: text.slice(0, index).split("\n").length,
  }));

/** The text with its code blocks and front matter taken out: what is left is read, not run. */
const prose = (text: string): string => text.replace(/^---\n[\s\S]*?^---\n/, "").replace(fence, "");

/** "##" and the like, in order. */
export const headingLevels = (text: string): string[] =>
  [...prose(text).matchAll(/^(#+) /gm)].map(([, marks]) => marks!);

/** Names between `<!-- results:` and `-->`, in order. */
export const resultSections = (text: string): string[] =>
  [...text.matchAll(/<!-- results:(\S+) -->/g)].map(([, name]) => name!);

/** Rows and columns of each table. */
export const tables = (text: string): string[] =>
  [...prose(text).matchAll(/(?:^\|.*\|$\n?)+/gm)].map(([table]) => {
    const rows = table.trim().split("\n");
    return `${rows.length - 2} rows of ${rows[0]!.split("|").length - 2}`;
  });

/** Where links and images point to, in order. */
export const linkTargets = (text: string): string[] =>
  [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);

const isPublic = (name: string): boolean => {
  const path = join("packages", name, "package.json");
  return existsSync(path) && !JSON.parse(readFileSync(path, "utf8")).private;
};

/** The README of the repository and those of the packages that are published. */
export const readmes: readonly string[] = [
  "README.md",
  ...readdirSync("packages").flatMap((name) => (isPublic(name) ? [join("packages", name, "README.md")] : [])),
];

/** The guides of the site, in English. */
export const guides: readonly string[] = readdirSync(join("docs", "guide"))
  .filter((name) => name.endsWith(".md"))
  .map((name) => join("docs", "guide", name));
