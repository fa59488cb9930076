import {
  type DatasetDescriptor,
  DatasetError,
  type LoadOptions,
  synthetic,
  syntheticInfo,
} from "@mlpconv/datasets";
import { expect, it } from "vitest";
import { findData, findDataOfRun } from "./find-data.js";
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

it("findData hands the folder to the descriptor, and tells warnings and progress", async () => {
  expect((await findData(descriptor, "folder", terminal)).name).toBe("shapes");
  expect(asked.at(-1)).toMatchObject({ root: "folder" });
  expect(said).toEqual(["live: half", "warning: a file is damaged"]);
});

it("findDataOfRun finds the data set that the run names", async () => {
  const other = { ...descriptor, name: "others", load: () => Promise.reject(new Error("not asked for")) };
  expect((await findDataOfRun(trainedOn, [other, descriptor], undefined, terminal)).name).toBe("shapes");
});

it("findDataOfRun refuses images of another shape or other classes, and names that no program knows", async () => {
  const find = (changes: Partial<typeof trainedOn>) =>
    findDataOfRun({ ...trainedOn, ...changes }, [descriptor], undefined, terminal);
  await expect(find({ shape: [32, 32, 3] })).rejects.toThrow(DatasetError);
  await expect(find({ shape: [32, 32, 3] })).rejects.toThrow(
    /^shapes: expected images of 32x32x3 of the classes .*, on which the run was trained, got images of 28x28x1 of/,
  );
  await expect(find({ classes: ["cat", "dog"] })).rejects.toThrow(/of the classes cat, dog, on which/);
  await expect(find({ name: "colours" })).rejects.toThrow(/this program knows \(shapes\), got "colours"/);
});
