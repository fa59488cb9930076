import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { HashedExample } from "./check-pictures.js";
import { pictureDifferences, recordPictures } from "./picture-record.js";

const classes = ["cat", "dog"];
/** Examples of a folder by the files' names: their contents, as a digit. */
const record = (files: Record<string, string>, most?: number) =>
  recordPictures(
    "photos",
    classes,
    Object.entries(files).map(
      ([name, digit]): HashedExample => ({
        path: join("photos", ...name.split("/")),
        key: name,
        label: classes.findIndex((one) => name.includes(one)),
        test: name.startsWith("test/"),
        sha256: digit.repeat(64),
      }),
    ),
    most,
  );

describe("recordPictures", () => {
  it("records each file by its path from the folder, in the order of names", () =>
    expect(record({ "train/dog/b.png": "2", "train/cat/e\u0301.png": "1" })).toEqual({
      each: "file",
      hashes: [
        ["train/cat/\u00e9.png", "1".repeat(16)],
        ["train/dog/b.png", "2".repeat(16)],
      ],
    }));

  it("records each class of more files than that", () => {
    const files = { "cat/1.png": "1", "cat/2.png": "2", "dog/1.png": "3", "test/cat/1.png": "4" };
    const { each, hashes } = record(files, 3);
    expect([each, hashes.map(([name]) => name)]).toEqual([
      "class",
      ["cat (test)", "cat (train)", "dog (train)"],
    ]);
  });
});

describe("pictureDifferences", () => {
  const was = { "cat/1.png": "1", "cat/2.png": "2", "dog/1.png": "3" };

  it("names what was changed, is missing and is new", () => {
    const is = { "cat/1.png": "1", "cat/2.png": "4", "dog/2.png": "3", "dog/3.png": "3" };
    expect(pictureDifferences(record(was), record(is))).toBe(
      "1 changed file (cat/2.png), 1 missing file (dog/1.png), 2 new files (dog/2.png, dog/3.png)",
    );
  });

  it("names ten and counts the rest", () => {
    const many = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`dog/${1000 + i}.png`, "5"]));
    expect(pictureDifferences(record(was), record({ ...was, ...many }))).toMatch(
      /^1,500 new files \(dog\/1000\.png, .*, dog\/1009\.png, and 1,490 more\)$/,
    );
  });

  it("names classes where classes were recorded", () =>
    expect(pictureDifferences(record(was, 1), record({ ...was, "cat/2.png": "4" }, 1))).toBe(
      "1 changed class (cat (train))",
    ));

  it("says nothing of the same, nor of records that cannot be compared", () => {
    expect(pictureDifferences(record(was), record(was))).toBe("");
    expect(pictureDifferences(record(was), record(was, 1))).toBe("");
  });
});
