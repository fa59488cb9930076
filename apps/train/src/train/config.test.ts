import { fashionMnistInfo } from "@mlpconv/datasets";
import { modelNames } from "@mlpconv/models";
import { presetNames } from "@mlpconv/runs";
import { checkTrainedConfig, RunFileError, RunFolderError, readTrainedConfig } from "@mlpconv/runs/node";
import { expect, it } from "vitest";
import { resolveSettings } from "./settings.js";

const cpu = { gpu: false, dataset: fashionMnistInfo };
const data = {
  ...fashionMnistInfo,
  examples: { train: 60_000, test: 10_000 },
  sha256: "00",
};

it.each(presetNames.flatMap((preset) => modelNames.map((model) => [preset, model] as const)))(
  "what train writes for %s %s is understood",
  (preset, model) => {
    const settings = resolveSettings(
      { engine: "auto", json: false, resume: false, seed: 3, preset, model },
      cpu,
    );
    const machine = { engine: "wasm", device: "", data, node: "v20" };
    // As JSON has it: what is undefined is not there.
    const expected = JSON.parse(JSON.stringify({ ...settings, ...machine }));
    const read = checkTrainedConfig(expected, "config.json");
    expect(read).toEqual(expected);
  },
);

const settings = resolveSettings(
  { engine: "auto", json: false, resume: false, model: "nin", preset: "best" },
  cpu,
);
const good = {
  ...settings,
  engine: "wasm",
  device: "1 thread",
  data,
  node: "v20.0.0",
};
const net = (changes: object) => ({ ...good, net: { ...good.net, ...changes } });

it.each([
  [[], /config\.json, model: expected a value, got none; restore the file/],
  [null, /config\.json: expected an object, got null/],
  [{}, /model: expected a value, got none/],
  [{ ...good, model: "nim" }, /model: expected one of "nin", .*got "nim"/],
  [{ ...good, model: "toString" }, /got "toString"/],
  [{ ...good, resize: 96.5 }, /resize: expected a whole number, got 96.5/],
  [{ ...good, resize: 1e9 }, /resize: expected at most 1024, got 1000000000/],
  [{ ...good, net: "he" }, /net: expected an object, got "he"/],
  [net({ ratio: 0 }), /net.ratio: expected at least 1, got 0/],
  [net({ lastRelu: 1 }), /net.lastRelu: expected true or false, got 1/],
  [net({ dropout: 1 }), /net.dropout: expected below 1, got 1/],
  [
    net({ init: { weights: "he", biases: "ones" } }),
    /net.init.biases: expected one of "zeros", "pytorch", got "ones"/,
  ],
  [net({ depth: 3 }), /net.depth: expected no field of that name, got one/],
  [{ ...good, normalize: "yes" }, /normalize: expected true or false, got "yes"/],
  [{ ...good, batchSize: 0 }, /batchSize: expected at least 1, got 0/],
  [{ ...good, seed: -1 }, /seed: expected at least 0, got -1/],
  [{ ...good, engine: "gpu" }, /engine: expected one of .*got "gpu"/],
  [{ ...good, data: { ...data, shape: [28, 28] } }, /data\.shape\.2: expected a number, got none/],
  [{ ...good, lr: 0.1 }, /lr: expected no field of that name, got one/],
])("refuses %j", (config, expected) => {
  expect(() => checkTrainedConfig(config, "config.json")).toThrow(RunFileError);
  expect(() => checkTrainedConfig(config, "config.json")).toThrow(expected);
});

it("names a file that is not there", async () => {
  await expect(readTrainedConfig("no/config.json")).rejects.toThrow(RunFolderError);
  await expect(readTrainedConfig("no/config.json")).rejects.toThrow(
    /expected no.config\.json, which train writes, got none/,
  );
});
