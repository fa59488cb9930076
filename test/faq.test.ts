// The FAQ quotes errors as they are: every fixed part of a quoted message still stands in a string of the source. "…" stands for what differs.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { codeBlocks } from "./markdown.js";

const page = join("docs", "guide", "faq.md");

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.test\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/node_modules|[\\/]dist[\\/]/.test(path));

/** Strings of a file as they are printed: escapes read, what is put in as "…", strings that are added joined. */
const strings = (path: string): string[] => {
  const found: string[] = [];
  const textOf = (node: ts.Node): string | undefined => {
    if (ts.isStringLiteralLike(node)) return node.text;
    if (ts.isTemplateExpression(node))
      return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      const [left, right] = [textOf(node.left), textOf(node.right)];
      return left === undefined && right === undefined ? undefined : `${left ?? "…"}${right ?? "…"}`;
    }
    return undefined;
  };
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined) found.push(text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest));
  return found;
};

const all = [...sources("packages"), ...sources("apps")].flatMap(strings);

/** Messages are put together from a place, a reason and a fix: each part between such joints must stand in the source. */
const fixedParts = (message: string): string[] =>
  message
    .split(/…|\n|: |; /)
    .map((part) => part.trim())
    .filter((part) => part.length >= 4);

const messages = codeBlocks(readFileSync(page, "utf8")).filter(({ info }) => info === "text");

test("the FAQ quotes errors", () => expect(messages.length).toBeGreaterThan(10));

test.each(messages)(`${page}:$line quotes an error that the source contains`, ({ code }) => {
  const parts = fixedParts(code);
  expect(
    Math.max(...parts.map(({ length }) => length)),
    "a part that is long enough to tell",
  ).toBeGreaterThan(9);
  const gone = parts.filter((part) => !all.some((text) => text.includes(part)));
  expect(gone, "parts that no string of the source has").toEqual([]);
});
