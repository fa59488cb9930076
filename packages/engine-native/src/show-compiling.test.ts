import { expect, it } from "vitest";
import { showCompiling } from "./show-compiling.js";

const shown = (isTTY: boolean, steps: readonly number[]): string => {
  let text = "";
  const times = [0, 41_400].values();
  const output = { isTTY, write: (more: string) => (text += more) };
  const progress = showCompiling("avx2", output, () => times.next().value ?? 0);
  for (const done of steps) progress.show(done, 3, { command: "c++" });
  progress.end();
  return text;
};

it("counts the files in a terminal's line, which it clears in the end", () => {
  const lines = shown(true, [0, 1, 2, 3]).split("\r\u001b[K");
  expect(lines.slice(2, 4)).toEqual(
    [1, 2].map(
      (n) => `native: compiling the C++ kernels for avx2 with c++, once for this machine: ${n} of 3 files`,
    ),
  );
  expect(lines.at(-1)).toBe("native: compiled 3 files in 41 s\n");
});

it("writes a line at the start and one at the end into a file", () => {
  expect(shown(false, [0, 1, 2, 3]).split("\n")).toEqual([
    "native: compiling the C++ kernels for avx2 with c++, once for this machine: 3 files",
    "native: compiled 3 files in 41 s",
    "",
  ]);
});

it("is silent when nothing is compiled, and does not say that a failed compilation ended", () => {
  expect(shown(false, [])).toBe("");
  expect(shown(false, [0, 1])).not.toContain("compiled");
});
