import { describe, expect, test } from "vitest";
import { sampleEvents } from "../../../../packages/runs/test/sample-run.js";
import { folderOfFiles, type RunFolder, readRunFolder } from "./run-folder.js";

const config = JSON.stringify({ model: "lenet", data: { name: "fashion-mnist" }, batchSize: 64 });
const lines = sampleEvents(2).map((event) => JSON.stringify(event));
const file = (name: string, text: string) => new File([text], name);

describe("a run folder in the page", () => {
  test("is read as far as it is", async () => {
    const folder = folderOfFiles(
      [file("config.json", config), file("events.jsonl", `${lines.join("\n")}\n{"type":"st`)],
      "try-1",
    );
    const run = (await readRunFolder(folder))!;
    expect(run).toMatchObject({
      name: "try-1",
      config: { model: "lenet" },
      epochs: 2,
      steps: 20,
      hasWeights: false,
    });
    expect(run.curve.points).toHaveLength(10);
    expect(run.curve.tests.map(({ accuracy }) => accuracy)).toEqual([0.5, 0.6]);
  });

  test("has curves without points before the first step", async () => {
    const run = await readRunFolder(folderOfFiles([file("config.json", config)]));
    expect(run).toMatchObject({ epochs: 1, steps: 0, curve: { points: [], tests: [] } });
  });

  test("is none without config.json", async () => {
    expect(await readRunFolder(folderOfFiles([file("notes.txt", "")]))).toBeUndefined();
  });

  test.each([
    ["{", "", /config\.json, got: /],
    [config, '{"type":"nonsense"}\n', /events\.jsonl, line 1/],
    ['{"model": 3, "data": {"name": "x"}}', "", /config\.json, model: expected a text/],
  ])("names the file and the field that is wrong", async (text, events, message) => {
    const folder = folderOfFiles([file("config.json", text), file("events.jsonl", events)]);
    await expect(readRunFolder(folder)).rejects.toThrow(message);
  });

  test("that grows is longer the next time", async () => {
    let count = 5;
    const growing: RunFolder = {
      ...folderOfFiles([file("config.json", config)]),
      events: async () => sampleEvents(2).slice(0, count),
    };
    expect((await readRunFolder(growing))!.steps).toBe(4);
    count = 8;
    expect((await readRunFolder(growing))!.steps).toBe(7);
  });
});
