// A record of the pictures that a data set was made from, and how another folder's pictures differ from it.
import { createHash } from "node:crypto";
import { relative, sep } from "node:path";
import type { PictureRecord } from "../dataset.js";
import type { HashedExample } from "./check-pictures.js";
import { firstNames } from "./printable.js";

/** Pictures that are recorded one by one, so that the record of a million stays small; of more, each class is. */
const mostFiles = 100_000;

const count = (n: number): string => n.toLocaleString("en-US");

// 64 bits are enough to tell that a file has changed.
const short = (sha256: string): string => sha256.slice(0, 16);

/** @param path of the folder that holds the pictures */
export const recordPictures = (
  path: string,
  classes: readonly string[],
  examples: readonly HashedExample[],
  most = mostFiles,
): PictureRecord => {
  if (examples.length <= most)
    return {
      each: "file",
      hashes: examples
        .map(({ path: file, sha256 }): [string, string] => [nameIn(path, file), short(sha256)])
        .sort(byName),
    };
  // By label, and the images for testing apart.
  const hashes = new Map<string, ReturnType<typeof createHash>>();
  for (const { label, test, sha256 } of examples) {
    const name = `${classes[label]} (${test ? "test" : "train"})`;
    const hash = hashes.get(name) ?? createHash("sha256");
    hashes.set(name, hash.update(sha256));
  }
  return {
    each: "class",
    hashes: [...hashes]
      .map(([name, hash]): [string, string] => [name, short(hash.digest("hex"))])
      .sort(byName),
  };
};

/** A file's path from the folder, NFC and with `/` on every system. */
const nameIn = (folder: string, file: string): string =>
  relative(folder, file).split(sep).join("/").normalize("NFC");

const byName = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : a > b ? 1 : 0);

/** What differs, in words: "1 changed file (cat/1.png), 2 new files (...)". Empty if nothing does, or the records cannot be compared. */
export const pictureDifferences = (was: PictureRecord, is: PictureRecord): string => {
  if (was.each !== is.each) return "";
  const [before, now] = [new Map(was.hashes), new Map(is.hashes)];
  const of = { file: ["file", "files"], class: ["class", "classes"] }[was.each] as [string, string];
  const part = (kind: string, names: string[]): string[] =>
    names.length === 0
      ? []
      : [`${count(names.length)} ${kind} ${names.length === 1 ? of[0] : of[1]} (${firstNames(names)})`];
  const only = (one: Map<string, string>, other: Map<string, string>) =>
    [...one.keys()].filter((name) => !other.has(name));
  return [
    ...part(
      "changed",
      [...now].flatMap(([name, hash]) => (before.has(name) && before.get(name) !== hash ? [name] : [])),
    ),
    ...part("missing", only(before, now)),
    ...part("new", only(now, before)),
  ].join(", ");
};
