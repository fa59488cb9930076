import {
  type DatasetDescriptor,
  DatasetError,
  type LoadOptions,
  synthetic,
  syntheticInfo,
} from "@mlpconv/datasets";
import { runData } from "@mlpconv/runs/node";
import { expect, it } from "vitest";
import { findData, findDataOfRun, type ImagesOfRun } from "./find-data.js";
import type { Terminal } from "./terminal.js";

const said: string[] = [];
const terminal: Terminal = {
  say: (line) => void said.push(line),
  live: (line) => void said.push(`live: ${line(80)}`),
  close: () => {},
  colours: false,
  columns: 80,
};
const asked: LoadOptions[] = [];
const descriptor: DatasetDescriptor = {
  ...syntheticInfo,
  name: "shapes",
  load: async (options = {}) => {
    asked.push(options);
    options.onEvent?.({ type: "progress", message: "half" });
    options.onEvent?.({ type: "warning", message: "a file is damaged" });
    return { ...synthetic({ train: 4, test: 2 }), name: "shapes" };
  },
};
const { load: _, ...trainedOn } = descriptor;
const ofRun = (facts: typeof trainedOn): ImagesOfRun => ({
  data: { ...runData({ ...synthetic({ train: 4, test: 2 }), ...facts }), sha256: "0" },
  resize: 28,
});

it("findData hands the folder to the descriptor, and tells warnings and progress", async () => {
  expect((await findData(descriptor, "folder", terminal)).name).toBe("shapes");
  expect(asked.at(-1)).toMatchObject({ root: "folder" });
  expect(said).toEqual(["live: half", "warning: a file is damaged"]);
});

it("findDataOfRun finds the data set that the run names", async () => {
  const other = { ...descriptor, name: "others", load: () => Promise.reject(new Error("not asked for")) };
  expect(
    (await findDataOfRun(ofRun(trainedOn), [other, descriptor], undefined, terminal, "no-run")).name,
  ).toBe("shapes");
});

it("findDataOfRun refuses images of another shape or other classes, and names that no program knows", async () => {
  const find = (changes: Partial<typeof trainedOn>) =>
    findDataOfRun(ofRun({ ...trainedOn, ...changes }), [descriptor], undefined, terminal, "no-run");
  await expect(find({ shape: [32, 32, 3] })).rejects.toThrow(DatasetError);
  await expect(find({ shape: [32, 32, 3] })).rejects.toThrow(
    "shapes: expected images of 32x32x3 of 10 classes, on which the run was trained, got images of 28x28x1 of 10 classes; name",
  );
  const classes = (changed: (name: string) => string) => ({ classes: syntheticInfo.classes.map(changed) });
  await expect(find(classes((name) => (name === "coat" ? "cat\u202e" : name)))).rejects.toThrow(
    "got images of 28x28x1 of 10 classes (missing: cat\\u202e; new: coat); name",
  );
  await expect(find({ classes: syntheticInfo.classes.toReversed() })).rejects.toThrow(
    "of 10 classes in another order; name",
  );
  const many = Array.from({ length: 65_000 }, (_, i) => `c${i}`);
  await expect(find({ classes: many })).rejects.toThrow(/c9, and 64,990 more; new: /);
  await expect(find({ name: "colours" })).rejects.toThrow(/this program knows \(shapes\), got "colours"/);
});
