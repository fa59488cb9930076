import { expect, it } from "vitest";
import { defaultRunName, runNameProblem } from "./run-name.js";

it.each([
  "a",
  "nin-1",
  "lr_0.05",
  "2026-01-31",
  "console",
  "é",
  "网络一",
  "сеть-1",
  "नेटवर्क",
  "شبكة",
  "x".repeat(100),
])("%j may name a run", (name) => {
  expect(runNameProblem(name)).toBeUndefined();
});

it.each([
  "",
  ".",
  "..",
  "a/b",
  "a\\b",
  ".hidden",
  "-x",
  "name.",
  "CON",
  "nul.txt",
  "a b",
  "网 络",
  "\u0301x",
  "网".repeat(67),
  "x".repeat(101),
])("%j may not", (name) => {
  expect(runNameProblem(name)).toContain(`got "${name}"`);
});

it("a run without a name is called after model, preset and time", () => {
  const name = defaultRunName("ninMnist", "quick", new Date(2026, 0, 31, 14, 5, 9));
  expect(name).toBe("ninMnist-quick-2026-01-31-140509");
  expect(runNameProblem(name)).toBeUndefined();
});
