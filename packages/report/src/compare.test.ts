import { expect, test } from "vitest";
import { sampleRun } from "../../runs/test/sample-run.js";
import { checkSameData, DifferentDataError } from "./compare.js";

const on = (name: string, dataset: string, sha256?: string) =>
  sampleRun({ name, config: { model: "nin", data: { name: dataset, sha256 } } });

test("runs on the same data may be compared, one from before the hash was recorded too", () => {
  checkSameData([on("a", "fashion-mnist"), on("b", "fashion-mnist", "11"), on("c", "fashion-mnist", "11")]);
  checkSameData([on("a", "fashion-mnist", "11")]);
  checkSameData([]);
});

test("another data set is refused and named", () => {
  const runs = [on("a", "fashion-mnist", "11"), on("b", "synthetic", "11")];
  expect(() => checkSameData(runs)).toThrow(DifferentDataError);
  expect(() => checkSameData(runs)).toThrow(
    "compare: expected runs on the same data, got data.name fashion-mnist in a and synthetic in b",
  );
});

test("other images under the same name are refused, also behind a run without a hash", () => {
  const runs = [on("a", "fashion-mnist"), on("b", "fashion-mnist", "11"), on("c", "fashion-mnist", "22")];
  expect(() => checkSameData(runs)).toThrow("got data.sha256 11 in b and 22 in c");
});
