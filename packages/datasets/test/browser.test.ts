// The browser's entry: the same names but those that read files, and no module of Node anywhere beneath it.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as browser from "../src/index.browser.js";
import * as node from "../src/index.js";

/** Every module that `file` imports from this package, itself included, and what they import from elsewhere. */
const imports = (file: URL, seen = new Set<string>()): Set<string> => {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  for (const [, name] of readFileSync(file, "utf8").matchAll(/^(?:import|export)[^;]*? from "([^"]+)";/gms)) {
    if (name!.startsWith(".")) imports(new URL(name!.replace(/\.js$/, ".ts"), file), seen);
    else seen.add(name!);
  }
  return seen;
};

it("the browser entry exports every public name except those that need a file system", () => {
  const withFiles = ["dataSha256", "datasetNamed", "datasets", "fashionMnist"];
  expect([...Object.keys(browser), ...withFiles].sort()).toEqual(Object.keys(node).sort());
});

it("the browser entry imports no Node module", () => {
  const outside = (entry: string) =>
    [...imports(new URL(entry, import.meta.url))].filter((name) => !name.startsWith("file:")).sort();
  expect(outside("../src/index.browser.ts")).toEqual(["@mlpconv/tensor"]);
  // Reading a run's config.json needs facts alone.
  expect(outside("../src/info.ts")).toEqual([]);
  expect(outside("../src/index.ts")).toContain("node:fs/promises");
});
