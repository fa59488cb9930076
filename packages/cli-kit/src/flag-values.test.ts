import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { oneOf } from "@mlpconv/runs";
import { expect, it } from "vitest";
import { noSuchRun } from "./find-run.js";
import { nearest, Problem, readValue, runName } from "./flag-values.js";

it.each([
  ["nim", "nin"],
  ["qick", "quick"],
  ["NINMNIST", "ninMnist"],
  ["vgg-11", "vgg11"],
  ["wams", "wasm"],
  ["asm", "wasm"],
  ["uqick", "quick"],
])("%s may stand for %s", (text, name) => {
  expect(nearest(text, ["nin", "quick", "ninMnist", "vgg11", "wasm"])).toBe(name);
});

it.each(["resnet50", "resnet", "x", "", "mobilenet", "on"])("%j stands for none of the nets", (text) => {
  expect(nearest(text, ["nin", "lenet", "alexnet", "vgg11"])).toBeUndefined();
});

it("a GPU is no misspelt CPU", () => {
  expect(nearest("gpu", ["auto", "tensorflow-gpu", "cpu"])).toBeUndefined();
});

it("a problem with the name of a run is told by what it was given as", () => {
  expect(readValue(runName, "runs/first/config.json", "RUN")).toEqual(
    new Problem(
      'expected RUN to name a run or its folder, such as nin-lr-0.05 or runs/nin-lr-0.05, got "runs/first/config.json"; runs are kept in runs/ of the folder the program is started in',
    ),
  );
});

it("a value that is far from all of them is told them and asked nothing", () => {
  expect(readValue(oneOf(["nin", "lenet"]), "transformer", "--model")).toEqual(
    new Problem('expected --model to be one of nin, lenet, got "transformer"'),
  );
});

it.each(["runs/first", "./runs/first/", "runs//first", resolve("runs/first"), "first", "first/"])(
  "%s is the run first",
  (text) => {
    expect(readValue(runName, text, "--run")).toBe("first");
  },
);

it.each(["runs/a/b", "other/first", "runs/..", "../runs/first", "/", "runs/.hidden"])(
  "%s is no run's folder",
  (text) => {
    expect(readValue(runName, text, "--run")).toBeInstanceOf(Problem);
  },
);

it("a name that was typed as letters and accents is that of the composed letters", () => {
  expect(readValue(runName, "re\u0301seau", "--run")).toBe("réseau");
});

it("a run that is not there: the runs that are, where none is near", async () => {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), "runs-"));
  process.chdir(folder);
  try {
    expect(await noSuchRun("first", "--run")).toContain("there are none yet");
    for (let i = 1; i <= 7; i++) mkdirSync(join("runs", `second-${i}`), { recursive: true });
    expect(await noSuchRun("second", "--run")).toContain('did you mean "second-1"?');
    expect(await noSuchRun("网络一", "--run")).toBe(
      'expected --run to name a run in runs, got "网络一"; there are second-1, second-2, second-3, second-4, second-5 and 2 more',
    );
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});
