import { afterEach, expect, it } from "vitest";
import { createProgram } from "./program.js";
import { asTyped, exampleLines, pnpmAsTyped } from "./program-name.js";

afterEach(() => void createProgram("pnpm"));

it("commands are given as this program's users type them", () => {
  createProgram("npx mlpconv");
  expect(asTyped("train --resume")).toBe("npx mlpconv train --resume");
});

it("pnpm is typed through npx where the program was started so", () => {
  const env = { npm_config_user_agent: "pnpm/12.21.0 npm/? node/? linux x64" };
  expect(pnpmAsTyped({ ...env, npm_config_npm_version: "11.19.1" })).toBe("npx -y pnpm@12.21.0");
  expect(pnpmAsTyped(env)).toBe("pnpm");
  expect(pnpmAsTyped({})).toBe("pnpm");
});

it("examples stand in two columns; a long command has its words below", () => {
  const long = `report ${"a-run ".repeat(11)}--out all`;
  expect(
    exampleLines([
      ["report a-run", "one run"],
      ["report a-run --no-open", "written, and not shown"],
      [long, "many runs"],
      ["report --help"],
    ]),
  ).toBe(
    [
      "Examples:",
      "  pnpm report a-run            one run",
      "  pnpm report a-run --no-open  written, and not shown",
      `  pnpm ${long}`,
      "                               many runs",
      "  pnpm report --help",
    ].join("\n"),
  );
});
