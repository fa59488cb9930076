import { checkNetConfig, modelNames, NetConfigError, presetNames, readNetConfig } from "@mlpconv/programs";
import { expect, it } from "vitest";
import { presets } from "./presets.js";
import { settle } from "./settings.js";

it.each(presetNames.flatMap((preset) => modelNames.map((model) => [preset, model] as const)))(
  "what train writes for %s %s is understood",
  (preset, model) => {
    const settings = settle({ engine: "auto", json: false, resume: false, seed: 3, preset, model }, false);
    const { init, ...net } = presets[preset][model].net;
    const { resize, batchSize, normalize } = settings;
    const read = checkNetConfig(JSON.parse(JSON.stringify({ ...settings, engine: "wasm" })), "config.json");
    // As JSON has it: what is undefined is not there.
    const expected = JSON.parse(JSON.stringify({ model, resize, net, normalize, batchSize, seed: 3 }));
    expect(read).toEqual(expected);
  },
);

const good = { model: "nin", resize: 96, net: { lastRelu: false }, normalize: true, batchSize: 128, seed: 0 };

it.each([
  [[], /config\.json: expected an object, got \[\]; train the run again/],
  [null, /expected an object, got null/],
  [{}, /expected model to be one of nin, .*got none/],
  [{ ...good, model: "nim" }, /got "nim"/],
  [{ ...good, model: "toString" }, /got "toString"/],
  [{ ...good, resize: 96.5 }, /expected resize to be a whole number from 1 to 1024, got 96.5/],
  [{ ...good, resize: 1e9 }, /got 1000000000/],
  [{ ...good, net: "he" }, /expected net to be an object, got "he"/],
  [{ ...good, net: { ratio: 0 } }, /expected net.ratio to be a number above 0, got 0/],
  [{ ...good, net: { lastRelu: 1 } }, /expected net.lastRelu to be true or false, got 1/],
  [{ ...good, net: { dropout: 1 } }, /expected net.dropout to be a number from 0 to below 1, got 1/],
  [{ ...good, normalize: "yes" }, /expected normalize to be true or false, got "yes"/],
  [{ ...good, batchSize: 0 }, /expected batchSize to be a whole number from 1 to 60000, got 0/],
  [{ ...good, seed: -1 }, /expected seed to be a whole number from 0 up, got -1/],
])("refuses %j", (config, expected) => {
  expect(() => checkNetConfig(config, "config.json")).toThrow(NetConfigError);
  expect(() => checkNetConfig(config, "config.json")).toThrow(expected);
});

it("names a file that is not there", async () => {
  await expect(readNetConfig("no/config.json")).rejects.toThrow(
    /no\/config\.json: expected the JSON that train wrote, got: ENOENT/,
  );
});
