import { expect, it } from "vitest";
import { hasEffect, helpOf, needProblems } from "./needs.js";
import type { SettingTable } from "./setting.js";
import { recipeLines, settings } from "./settings.js";

const table: SettingTable = settings;

it("what a setting needs is another setting and a value that it can have; values of some models are among its values", () => {
  for (const [place, { needs, kind, modelsByValue = {} }] of Object.entries(table)) {
    if (needs) expect(table[needs.place], place).toBeDefined();
    if (needs?.value) expect(table[needs.place]!.kind.choices, place).toContain(needs.value);
    for (const value of Object.keys(modelsByValue)) expect(kind.choices, place).toContain(value);
  }
});

it("what has no effect is named with what it needs, and not in the recipe", () => {
  const given = { cycles: 2, power: 3, freeze: "body" };
  const config = { ...given, schedule: "polynomial" };
  expect(needProblems(table, given, config)).toEqual([
    "expected --cycles with --schedule restarts, got polynomial; leave it out",
    "expected --freeze with --init-from, got none; leave it out",
  ]);
  expect(needProblems(table, {}, config)).toEqual([]);
  expect(hasEffect(table.freeze!, { initFrom: "before" })).toBe(true);
  const [steps] = recipeLines({ ...config, momentum: 0 });
  expect(steps).toBe("polynomial schedule, power 3");
});

it("help says what a setting needs, and which models have a value", () => {
  expect(helpOf(table.cycles!, table)).toMatch(/^with --schedule restarts: cycles, each/);
  expect(helpOf(table["net.init.weights"]!, table)).toMatch(/xavier, dirac; dirac with nin, .* alone$/);
  expect(helpOf(table.ema!, table)).toBe(table.ema!.help);
});
