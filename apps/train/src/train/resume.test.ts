import { UsageError } from "@mlpconv/cli-kit";
import { fashionMnistInfo, synthetic } from "@mlpconv/datasets";
import type { TrainedConfig } from "@mlpconv/runs";
import { runData } from "@mlpconv/runs/node";
import { expect, it } from "vitest";
import { checkResumed } from "./resume.js";
import { settle } from "./settings.js";

const settings = settle(
  { engine: "auto", json: false, resume: true, model: "lenet", preset: "quick" },
  { gpu: false, dataset: fashionMnistInfo },
);
const data = { ...runData(synthetic({ train: 2, test: 2 })), name: "fashion-mnist", sha256: "a".repeat(64) };
const was: TrainedConfig = {
  ...settings,
  engine: "wasm",
  device: "one CPU",
  data,
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
  expect(() => check({ data: { ...data, sha256: "b".repeat(64) } })).toThrow(UsageError);
  expect(() => check({ data: { ...data, sha256: "b".repeat(64) } })).toThrow(
    /got data fashion-mnist \(SHA-256 b{12}\.\.\.\), and the run has fashion-mnist \(a{12}\.\.\.\); leave the flags away/,
  );
  expect(() => check({ data: { ...data, name: "made" } })).toThrow(
    /got data made .*and the run has fashion-mnist/,
  );
});
