// Which files of a folder are the examples of which class, and which of them are for testing.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { classNameProblem } from "../class-name.js";
import { DatasetError, type DatasetErrorCode } from "../dataset-error.js";
import { byKey, codeOf, type Entry, entriesOf, type FoundFile, filesBelow } from "./list-files.js";
import { firstNames, printable } from "./printable.js";

/** A file of a class. */
export interface Example extends FoundFile {
  /** Index of its class. */
  label: number;
  test: boolean;
}

export interface FolderLayout {
  /** Names of the classes, NFC, in the order of their code units. */
  classes: string[];
  /**
   * All files: those for training first, mixed so that the first n of them have the classes' own shares, then those for testing, by class
   * and path.
   */
  examples: Example[];
  /** Whether the folder has its own part for testing. */
  separated: boolean;
}

/** How a folder without a part of its own for testing is split. */
export interface SplitOptions {
  /** Share of each class's images that are for testing. */
  testShare: number;
  seed: number;
}

const testNames = ["test", "val", "valid", "validation"];
const isIdx = (name: string): boolean => /(images-idx3|labels-idx1)-ubyte(\.gz)?$/.test(name);
const isPictureName = (name: string): boolean =>
  /\.(jpe?g|jfif|png|webp|gif|avif|tiff?|bmp|heic)$/i.test(name);

const wrong = (dir: string, expected: string, got: string, fix: string, code: DatasetErrorCode = "damaged") =>
  new DatasetError(code, `${printable(dir)}: expected ${expected}, got ${got}; ${fix}`);

const layoutFix =
  "put each class's images into a folder of that name, or those into two folders, train and test";

/** Whether a folder's entries look like pictures in folders and not like the files of another data set. */
export const isImageFolder = async (dir: string): Promise<boolean> => {
  const entries = await entriesOf(dir).catch((): Entry[] => []);
  if (entries.some(({ name }) => isIdx(name))) return false;
  return entries.some(({ kind, name }) => kind === "folder" || isPictureName(name));
};

/**
 * Looks through a folder of images, without reading them.
 *
 * @throws DatasetError when it has no classes, one alone, an empty one, images outside of them, or different ones to train and to test
 */
export const readLayout = async (
  dir: string,
  { testShare, seed }: SplitOptions,
  listing: Parameters<typeof filesBelow>[1],
): Promise<FolderLayout> => {
  const entries = await entriesIn(dir);
  const idx = entries.filter(({ name }) => isIdx(name));
  if (idx.length > 0) {
    const fix = "load them by the name of their data set";
    throw wrong(dir, "folders of images", `IDX files (${firstNames(idx.map(({ key }) => key))})`, fix);
  }
  const folders = entries.filter(({ kind }) => kind === "folder");
  const train = folders.find(({ key }) => key === "train");
  const test = testNames.flatMap((name) => folders.find(({ key }) => key === name) ?? [])[0];
  if (train && test) {
    checkNoLooseImages(dir, entries);
    const parts = [];
    for (const { name } of [train, test]) {
      const path = join(dir, name);
      parts.push(await readClasses(path, await entriesIn(path), listing));
    }
    const [trainClasses, testClasses] = [parts[0]!, parts[1]!];
    checkSameClasses(dir, trainClasses, testClasses, test.key);
    return layoutOf(
      trainClasses,
      trainClasses.map((files, label) => [files.files, testClasses[label]!.files]),
      true,
    );
  }
  if (train && folders.length === 1)
    throw wrong(
      dir,
      "a folder test, val, valid or validation beside train",
      "none",
      `add one, or name ${printable(join(dir, train.name))} to have a share of its images kept for testing`,
    );
  const classes = await readClasses(dir, entries, listing);
  return layoutOf(
    classes,
    classes.map(({ name, files }) => {
      if (files.length < 2)
        throw wrong(
          join(dir, name),
          "at least 2 images of each class, one to train and one to test",
          `${files.length}`,
          "add images, or remove the folder",
        );
      return splitFiles(name, files, testShare, seed);
    }),
    false,
  );
};

interface ClassFiles {
  /** NFC. */
  name: string;
  files: FoundFile[];
}

const layoutOf = (
  classes: readonly ClassFiles[],
  parts: readonly (readonly [train: FoundFile[], test: FoundFile[]])[],
  separated: boolean,
): FolderLayout => {
  const train = parts.map(([files], label) => {
    const ranked = rankedBy(classes[label]!.name, files, 0);
    return ranked.map((file, i) => ({ file, label, place: (i + 0.5) / ranked.length }));
  });
  const mixed = train.flat().sort((a, b) => a.place - b.place || a.label - b.label);
  const examples = [
    ...mixed.map(({ file, label }): Example => ({ ...file, label, test: false })),
    ...parts.flatMap(([, files], label) => files.map((file): Example => ({ ...file, label, test: true }))),
  ];
  return { classes: classes.map(({ name }) => name), examples, separated };
};

const entriesIn = async (dir: string): Promise<Entry[]> => {
  try {
    return await entriesOf(dir);
  } catch (cause) {
    const code = codeOf(cause);
    const got =
      code === "ENOENT" ? "no such folder" : code === "ENOTDIR" ? "a file" : `cannot be read (${code})`;
    throw new DatasetError(
      "unavailable",
      `${printable(dir)}: expected a folder of images, got ${got}; name the folder that holds them`,
      { cause },
    );
  }
};

const checkNoLooseImages = (dir: string, entries: readonly Entry[]): void => {
  const loose = entries.filter(({ kind, name }) => kind !== "folder" && isPictureName(name));
  if (loose.length === 0) return;
  const names = firstNames(loose.map(({ key }) => key));
  throw wrong(
    dir,
    "images inside the folders of their classes alone",
    `${loose.length} beside them (${names})`,
    "move them into a class's folder or away",
  );
};

/** The classes of a folder that holds one folder for each. */
const readClasses = async (
  dir: string,
  entries: readonly Entry[],
  listing: Parameters<typeof filesBelow>[1],
): Promise<ClassFiles[]> => {
  const folders = entries.filter(({ kind }) => kind === "folder");
  if (folders.length === 0) {
    const loose = entries.filter(({ kind, name }) => kind !== "folder" && isPictureName(name)).length;
    throw wrong(
      dir,
      "a folder for each class",
      loose > 0 ? `no folders and ${loose} images` : "no folders",
      layoutFix,
    );
  }
  checkNoLooseImages(dir, entries);
  const twice = folders.find(({ key }, i) => folders[i - 1]?.key === key);
  if (twice)
    throw wrong(
      dir,
      "folders of different names",
      `two named "${printable(twice.key)}" that differ in Unicode's form alone`,
      "put their images into one",
    );
  const unnamed = folders.filter(({ key }) => classNameProblem(key) !== undefined);
  if (unnamed.length > 0)
    throw wrong(
      dir,
      "folders whose names have no line breaks and other control characters",
      firstNames(unnamed.map(({ key }) => key)),
      "rename them: a folder's name is the name of its class",
    );
  if (folders.length === 1)
    throw wrong(
      dir,
      "at least two classes",
      `one (${printable(folders[0]!.key)})`,
      "add a folder with images of another class",
    );
  if (folders.length > 65_536)
    throw wrong(dir, "at most 65,536 classes", `${folders.length}`, "name the folder that holds the classes");
  const classes: ClassFiles[] = [];
  for (const { name, key } of folders) {
    const files = await filesBelow(join(dir, name), listing);
    classes.push({ name: key, files: files.map((file) => ({ ...file, key: `${key}/${file.key}` })) });
  }
  const empty = classes.filter(({ files }) => files.length === 0).map(({ name }) => name);
  if (empty.length > 0)
    throw wrong(
      dir,
      "images of every class",
      `none of ${firstNames(empty)}`,
      "add some, or remove the folder",
    );
  return classes;
};

const checkSameClasses = (
  dir: string,
  train: readonly ClassFiles[],
  test: readonly ClassFiles[],
  testName: string,
): void => {
  const [inTrain, inTest] = [train, test].map((classes) => classes.map(({ name }) => name));
  const missing = inTrain!.filter((name) => !inTest!.includes(name));
  const unknown = inTest!.filter((name) => !inTrain!.includes(name));
  const got = [
    ...(missing.length > 0 ? [`none of ${firstNames(missing)} in ${testName}`] : []),
    ...(unknown.length > 0 ? [`${firstNames(unknown)} in ${testName} and not in train`] : []),
  ].join(", and ");
  if (got === "") return;
  throw wrong(
    dir,
    `the classes of train in ${testName} too`,
    got,
    "add what is missing, or remove the folders without a counterpart",
  );
};

/** Splits a class by a hash of its files' names and the seed: neither the order of the disk nor another class matters. */
const splitFiles = (
  name: string,
  files: readonly FoundFile[],
  testShare: number,
  seed: number,
): [train: FoundFile[], test: FoundFile[]] => {
  const count = Math.min(files.length - 1, Math.max(1, Math.round(files.length * testShare)));
  const chosen = new Set(rankedBy(name, files, seed).slice(0, count));
  return [files.filter((file) => !chosen.has(file)), files.filter((file) => chosen.has(file))];
};

/** The files of a class in an order that their names and the seed decide. */
const rankedBy = (name: string, files: readonly FoundFile[], seed: number): FoundFile[] =>
  files
    .map((file) => ({
      file,
      key: createHash("sha256").update(`${seed}\0${name}\0${file.key}`).digest("hex"),
    }))
    .sort(byKey)
    .map(({ file }) => file);
