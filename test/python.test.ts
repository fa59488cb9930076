// PyTorch's side of the guides is code too: Python can read it. Running it would need torch and the data.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { codeBlocks, guides } from "./markdown.js";

const python = ["python3", "python"].find((command) => {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

const blocks = guides.flatMap((page) =>
  codeBlocks(readFileSync(page, "utf8"))
    .filter(({ info }) => info === "python")
    .map(({ code, line }) => ({ where: `${page}:${line}`, code })),
);

const check = `
import ast, json, sys
for block in json.load(sys.stdin):
    try:
        ast.parse(block["code"])
    except SyntaxError as error:
        print(block["where"], error)
`;

test.skipIf(!python)(
  `Python can parse every python block${python ? "" : " (skipped: no Python here)"}`,
  () => {
    expect(blocks.length).toBeGreaterThan(3);
    expect(execFileSync(python!, ["-c", check], { input: JSON.stringify(blocks), encoding: "utf8" })).toBe(
      "",
    );
  },
);
