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

it("a terminal gets a line that counts the files, and is cleared in the end", () => {
  const lines = shown(true, [0, 1, 2, 3]).split("\r\u001b[K");
  expect(lines.slice(2, 4)).toEqual(
    [1, 2].map(
      (n) => `native: compiling the C++ kernels for avx2 with c++, once for this machine: ${n} of 3 files`,
    ),
  );
  expect(lines.at(-1)).toBe("native: compiled 3 files in 41 s\n");
});

it("a file gets one line at the start and one at the end", () => {
  expect(shown(false, [0, 1, 2, 3]).split("\n")).toEqual([
    "native: compiling the C++ kernels for avx2 with c++, once for this machine: 3 files",
    "native: compiled 3 files in 41 s",
    "",
  ]);
});

it("nothing is printed when nothing is compiled, and no end is printed for a failed compilation", () => {
  expect(shown(false, [])).toBe("");
  expect(shown(false, [0, 1])).not.toContain("compiled");
});
