// A data set with the four names of Fashion-MNIST and few bytes, so that the tests need neither the network nor 55 MB.
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { LoadEvent } from "../src/dataset.js";
import type { Places, Request } from "../src/find/places.js";
import type { DataFile, Form, PublishedSet } from "../src/sets/data-set.js";
import { fashionMnistSet } from "../src/sets/fashion-mnist.js";

/** Numbers that gzip cannot shrink, the same each time. */
const noise = (length: number): Uint8Array => {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
};

const idx = (shape: readonly number[]): Buffer => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length);
  for (const [i, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * i);
  return Buffer.concat([header, noise(shape.reduce((a, b) => a * b, 1))]);
};

const shapes = {
  "t10k-labels-idx1-ubyte": [30],
  "train-labels-idx1-ubyte": [700],
  "t10k-images-idx3-ubyte": [30, 20, 16],
  "train-images-idx3-ubyte": [700, 20, 16],
};

/** The uncompressed bytes, by name. */
export const plain = new Map(Object.entries(shapes).map(([name, shape]) => [name, idx(shape)]));
/** The gzipped bytes, by name with `.gz`. */
export const zipped = new Map([...plain].map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));

export const fakeFiles: readonly DataFile[] = Object.entries(shapes).map(([name, shape]) => {
  const bytes = plain.get(name)!;
  return {
    name,
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    shape,
    split: name.startsWith("train") ? "train" : "test",
    holds: shape.length > 1 ? "images" : "labels",
    gzip: {},
  };
});

export const fakeForm: Form = { format: "idx", files: fakeFiles };

/** Stands for Fashion-MNIST, with other files under its names. Labels are noise too. */
export const fakeSet: PublishedSet = {
  ...fashionMnistSet,
  info: {
    ...fashionMnistSet.info,
    shape: [20, 16, 1],
    classes: Array.from({ length: 256 }, (_, i) => `${i}`),
  },
  examples: { train: 700, test: 30 },
  forms: [fakeForm],
};

export const IMAGES = "train-images-idx3-ubyte.gz";

/** A folder that is gone after the tests: the suite has a folder for temporary files, which its setup removes. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "data-"));

/** A folder with all four files gzipped, some changed, added, or left out (undefined). */
export const folderWith = (changes: Record<string, Uint8Array | undefined> = {}): string => {
  const folder = temporaryFolder();
  for (const [name, bytes] of [...zipped, ...Object.entries(changes)]) {
    if (!(name in changes) || changes[name]) writeFileSync(join(folder, name), changes[name] ?? bytes!);
  }
  return folder;
};

/** The fake data set, and nowhere to find them but where `changes` says. */
export const placesWith = (changes: Partial<Places> = {}): Places => ({
  set: fakeSet,
  environment: undefined,
  cache: join(temporaryFolder(), "cache"),
  system: join(tmpdir(), "mlpconv-no-such-folder"),
  mirrors: [],
  apt: undefined,
  limits: { connect: 400, idle: 400, total: 20_000, pace: 1_000, rate: 1_000, command: 5_000, stale: 2_000 },
  ...changes,
});

/** A request that writes down the events. */
export const requestWith = (changes: Partial<Request> = {}): Request & { events: LoadEvent[] } => {
  const events: LoadEvent[] = [];
  return {
    root: undefined,
    download: true,
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
    events,
    ...changes,
  };
};
