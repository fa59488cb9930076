// The tables of engines list them in the order in which "auto" tries them.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { engineNames } from "../packages/tensor/src/index.js";

test.each(["README.md", "README.zh.md", "docs/guide/engines.md"])(
  "%s lists the engines as auto does",
  (page) => {
    const cells = [...readFileSync(page, "utf8").matchAll(/^\| `([\w-]+)` +\|/gm)].map(([, name]) => name);
    expect(cells.filter((name) => (engineNames as readonly (string | undefined)[]).includes(name))).toEqual(
      engineNames,
    );
  },
);

test("the README of tensor names the engines in that order", () => {
  const list = /`"tensorflow-gpu"`(?:, `"[\w-]+"`)+/.exec(
    readFileSync("packages/tensor/README.md", "utf8"),
  )![0];
  expect(list.replaceAll(/[`"]/g, "").split(", ")).toEqual(engineNames);
});
