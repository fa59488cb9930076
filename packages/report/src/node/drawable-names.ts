// Names of classes in PNG figures, whose font has the letters of Latin, Greek and Cyrillic alone.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Run } from "@mlpconv/runs";

/** Subsets of the font that PNG figures are drawn with. */
export const fontSubsets = ["latin", "latin-ext", "greek", "cyrillic"] as const;

const readRanges = (): (readonly [first: number, last: number])[] => {
  const file = createRequire(import.meta.url).resolve("@fontsource/inter/unicode.json");
  const ranges: Record<string, string> = JSON.parse(readFileSync(file, "utf8"));
  return fontSubsets.flatMap((subset) =>
    ranges[subset]!.split(",").map((range) => {
      const [first, last = first] = range.replace("U+", "").split("-");
      return [Number.parseInt(first!, 16), Number.parseInt(last!, 16)] as const;
    }),
  );
};

let ranges: ReturnType<typeof readRanges> | undefined;

const isDrawable = (name: string): boolean => {
  ranges ??= readRanges();
  const known = ranges;
  return [...name].every((letter) => {
    const code = letter.codePointAt(0)!;
    return known.some(([first, last]) => code >= first && code <= last);
  });
};

/** Names of classes as a PNG can show them: a name with letters that the font lacks becomes "class 3", by its index. */
export const drawableNames = (names: readonly string[]): string[] =>
  names.map((name, i) => (isDrawable(name) ? name : `class ${i}`));

/** Lines such as "class 3: 鞋", one for each name that was replaced. */
export const replacedNames = (names: readonly string[]): string[] =>
  drawableNames(names).flatMap((drawn, i) => (drawn === names[i] ? [] : [`${drawn}: ${names[i]}`]));

/** A run whose classes have the names that a PNG can show. */
export const withDrawableNames = (run: Run): Run => {
  const { evaluation, analysis } = run;
  const drawn = drawableNames(evaluation?.classes.map(({ name }) => name) ?? []);
  return {
    ...run,
    evaluation: evaluation && {
      ...evaluation,
      classes: evaluation.classes.map((each, i) => ({ ...each, name: drawn[i]! })),
    },
    analysis: analysis && { ...analysis, classes: drawableNames(analysis.classes) },
  };
};
