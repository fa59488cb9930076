// Whether `--data` is a folder of pictures does not depend on which data sets the program has.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTerminal } from "@mlpconv/cli-kit";
import { type DatasetDescriptor, type DatasetList, datasetNamed } from "@mlpconv/datasets";
import { afterAll, beforeAll, expect, it } from "vitest";
import { imageSource } from "./image-source.js";
import { alone } from "./processes.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
  for (const name of ["cat", "dog"]) {
    await mkdir(join(folder, "photos", name), { recursive: true });
    for (const n of [1, 2]) await writeFile(join(folder, "photos", name, `${n}.png`), "");
  }
});
afterAll(() => rm(folder, { recursive: true }));

const own: DatasetDescriptor = {
  ...{ name: "own", classes: ["a", "b"], shape: [8, 8, 1], mean: [0], std: [1] },
  load: () => Promise.reject(new Error("not loaded here")),
};
const sourceOf = (known: DatasetList, dataset?: string) =>
  imageSource(
    {
      ...{ engine: "auto", resume: false, json: false, data: join(folder, "photos") },
      ...(dataset !== undefined && { dataset }),
    },
    undefined,
    {
      known,
      processes: alone,
      terminal: openTerminal({ json: false, silent: true }),
      signal: new AbortController().signal,
    },
  );

it.each([
  ["the published ones", [datasetNamed("fashion-mnist")]],
  ["one that is not published first", [datasetNamed("cifar10"), datasetNamed("fashion-mnist")]],
  ["one of its own", [own]],
] as [string, DatasetList][])(
  "--data with folders of classes is pictures in a program with %s",
  async (_, known) => {
    expect(await sourceOf(known)).toMatchObject({
      classes: ["cat", "dog"],
      defaults: { preset: "pictures", channels: 3, fit: "crop", testShare: 0.2 },
    });
  },
);

it("a folder that is not there is an error that names no other data set", async () => {
  await rm(join(folder, "gone"), { recursive: true, force: true });
  const source = imageSource(
    { engine: "auto", resume: false, json: false, data: join(folder, "gone") },
    undefined,
    {
      known: [own],
      processes: alone,
      terminal: openTerminal({ json: false, silent: true }),
      signal: new AbortController().signal,
    },
  );
  await expect(source).rejects.toThrow(
    `${join(folder, "gone")}: expected a folder of images, got no such folder; name the folder that holds them`,
  );
});

it("--dataset says what a folder holds", async () => {
  expect(await sourceOf([own], "own")).toMatchObject({ name: "own", classes: ["a", "b"], defaults: {} });
});
