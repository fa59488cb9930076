import { UsageError } from "@mlpconv/cli-kit";
import type { TrainedConfig } from "@mlpconv/runs";
import { expect, it } from "vitest";
import { checkResumed } from "./resume.js";
import { settle } from "./settings.js";

const settings = settle(
  { engine: "auto", json: false, resume: true, model: "lenet", preset: "quick" },
  false,
);
const was: TrainedConfig = {
  ...settings,
  engine: "wasm",
  device: "one CPU",
  dataset: "fashion-mnist",
  dataSha256: "a".repeat(64),
  node: "",
};
const check = (changes: object) => {
  const said: string[] = [];
  checkResumed(
    was,
    { ...was, ...changes },
    {
      say: (line) => void said.push(line),
      live: () => {},
      close: () => {},
      colours: false,
      columns: 80,
    },
  );
  return said;
};

it("goes on with the same data on another device, with a warning", () => {
  expect(check({})).toEqual([]);
  expect(check({ device: "another" })).toEqual([
    "warning: the run began on one CPU, this is another: the numbers may differ in their last bits",
  ]);
});

it("takes other data for wrong use", () => {
  expect(() => check({ dataSha256: "b".repeat(64) })).toThrow(UsageError);
  expect(() => check({ dataSha256: "b".repeat(64) })).toThrow(
    /got data fashion-mnist \(SHA-256 b{12}\.\.\.\), and the run has fashion-mnist \(a{12}\.\.\.\); leave the flags away/,
  );
  expect(() => check({ dataset: "made" })).toThrow(/got data made .*and the run has fashion-mnist/);
});
