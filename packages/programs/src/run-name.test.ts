import { expect, it } from "vitest";
import { defaultRunName, runNameProblem } from "./run-name.js";

it.each(["a", "nin-1", "lr_0.05", "2026-01-31", "console"])("%j may name a run", (name) => {
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
  "é",
  "x".repeat(101),
])("%j may not", (name) => {
  expect(runNameProblem(name)).toContain(`got "${name}"`);
});

it("a run without a name is called after model, preset and time", () => {
  const name = defaultRunName("ninMnist", "quick", new Date(2026, 0, 31, 14, 5, 9));
  expect(name).toBe("ninMnist-quick-2026-01-31-140509");
  expect(runNameProblem(name)).toBeUndefined();
});
