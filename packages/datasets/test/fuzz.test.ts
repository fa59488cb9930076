// Malformed IDX files: a DatasetError or the truth, never a crash, a hang, an accepted lie or memory without bound. `FUZZ_RUNS=100000` runs
// it at length.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { DatasetError } from "../src/dataset-error.js";
import { readFolder } from "../src/find/read-folder.js";
import { unzip } from "../src/find/unpack.js";
import { verified } from "../src/find/verify-file.js";
import { parseIdx } from "../src/sets/idx.js";
import { fakeFiles, fakeForm, plain, temporaryFolder, zipped } from "./fake-files.js";

const runs = Number(process.env.FUZZ_RUNS ?? 4_000);
const timeout = 60_000 + runs * 10;
const share = (part: number) => ({ numRuns: Math.ceil(runs * part) });
const MB = 2 ** 20;

const file = fakeFiles.find(({ name }) => name === "train-labels-idx1-ubyte")!;
const form = { ...fakeForm, files: [file] };
const intact = plain.get(file.name)!;
const intactZipped = zipped.get(`${file.name}.gz`)!;

/** What disks, networks and people do to a file: flip a bit, set a byte, cut it off, take some out, add something, say it twice. */
const damaged = (bytes: Uint8Array): fc.Arbitrary<Buffer> => {
  const one = Buffer.from(bytes);
  // The header is where a lie does most.
  const at = fc.oneof(fc.nat(Math.min(15, one.length - 1)), fc.nat(one.length - 1));
  const set = (i: number, byte: number) => Buffer.from(one).fill(byte, i, i + 1);
  return fc.oneof(
    fc.tuple(at, fc.nat(7)).map(([i, bit]) => set(i, one[i]! ^ (1 << bit))),
    fc.tuple(at, fc.nat(255)).map(([i, byte]) => set(i, byte)),
    at.map((length) => one.subarray(0, length)),
    fc.tuple(at, fc.nat(40)).map(([i, n]) => Buffer.concat([one.subarray(0, i), one.subarray(i + n)])),
    fc
      .tuple(at, fc.uint8Array({ minLength: 1, maxLength: 20 }))
      .map(([i, more]) => Buffer.concat([one.subarray(0, i), more, one.subarray(i)])),
    at.map((i) => Buffer.concat([one, one.subarray(i)])),
  );
};

/** What a refusal must be; anything else that is thrown fails the test. */
const expectRefusal = (error: unknown): void => {
  expect(error).toBeInstanceOf(DatasetError);
  expect((error as DatasetError).code).toBe("damaged");
  expect((error as DatasetError).message).toMatch(/^the file: expected /);
  expect((error as DatasetError).message.length).toBeLessThan(4000);
};

/** Parses; when that succeeds, the header and values that were read, written out again, must be the bytes. */
const parsesTruly = (bytes: Uint8Array): boolean => {
  let read: ReturnType<typeof parseIdx>;
  try {
    read = parseIdx(bytes, "the file");
  } catch (error) {
    expectRefusal(error);
    return false;
  }
  const header = Buffer.alloc(4 + 4 * read.shape.length);
  header.writeUInt32BE(0x0800 + read.shape.length);
  for (const [i, size] of read.shape.entries()) header.writeUInt32BE(size, 4 + 4 * i);
  expect(Buffer.compare(Buffer.concat([header, read.values]), bytes)).toBe(0);
  expect(BigInt(read.values.length)).toBe(read.shape.reduce((product, size) => product * BigInt(size), 1n));
  expect(read.values.buffer).toBe(bytes.buffer);
  return true;
};

it("any bytes are refused or parsed correctly", { timeout }, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void parsesTruly(bytes)),
    share(0.1),
  );
});

it("a header of any sizes is refused or parsed correctly, and no memory is allocated for what it claims", {
  timeout,
}, () => {
  const size = fc.oneof(
    { weight: 8, arbitrary: fc.nat(4) },
    fc.constantFrom(255, 60_000, 2 ** 16, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1),
    fc.nat(2 ** 32 - 1),
  );
  const file = fc
    .tuple(
      fc.array(size, { maxLength: 6 }),
      fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.nat(255)),
      fc.uint8Array({ maxLength: 64 }),
      fc.boolean(),
    )
    .map(([shape, rank, rest, fits]) => {
      const claimed = shape.reduce((a, b) => a * b, 1);
      const body = fits && claimed <= 64 ? new Uint8Array(claimed) : rest;
      const header = Buffer.alloc(4 + 4 * shape.length);
      header.writeUInt32BE(0x0800 + (rank ?? shape.length));
      for (const [i, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * i);
      return new Uint8Array([...header, ...body]);
    });
  const before = process.memoryUsage().arrayBuffers;
  let accepted = 0;
  fc.assert(
    fc.property(file, (bytes) => {
      if (parsesTruly(bytes)) accepted++;
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MB);
    }),
    share(0.35),
  );
  // Some of these files are valid, so that the truth is put to the test as well.
  expect(accepted).toBeGreaterThan(runs * 0.01);
});

it("a valid file with changed bytes is refused or parsed correctly", { timeout }, () => {
  const images = Buffer.concat([
    Buffer.of(0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5),
    Buffer.alloc(60, 7),
  ]);
  fc.assert(
    fc.property(damaged(images), (bytes) => void parsesTruly(bytes)),
    share(0.2),
  );
});

it("no damage to a file of the data set is accepted", { timeout }, () => {
  fc.assert(
    fc.property(damaged(intact), (bytes) => {
      fc.pre(Buffer.compare(bytes, intact) !== 0);
      try {
        verified(bytes, file, "the file");
      } catch (error) {
        return expectRefusal(error);
      }
      expect.unreachable();
    }),
    share(0.1),
  );
});

it("a damaged gzipped file is refused, unless its contents are intact all the same", {
  timeout,
}, async () => {
  // gzip's header has bytes that do not matter, and what follows its end is ignored.
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(damaged(intactZipped), async (bytes) => {
      try {
        expect(Buffer.compare(await unzip(bytes, file, "the file"), intact)).toBe(0);
      } catch (error) {
        expectRefusal(error);
        refused++;
      }
    }),
    share(0.15),
  );
  expect(refused).toBeGreaterThan(runs * 0.15 * 0.5);
});

it("a damaged gzip of any bytes is an error, or its contents are checked by IDX's rules", {
  timeout,
}, async () => {
  const content = fc.tuple(fc.array(fc.nat(4), { maxLength: 3 }), fc.uint8Array({ maxLength: 64 }));
  const sample = content.chain(([shape, rest]) => {
    const sizes = shape.flatMap((size) => [0, 0, 0, size]);
    const raw = Buffer.from([0, 0, 8, shape.length, ...sizes, ...rest]);
    return damaged(gzipSync(raw)).map((bytes) => ({ raw, bytes }));
  });
  await fc.assert(
    fc.asyncProperty(sample, async ({ raw, bytes }) => {
      let unzipped: Uint8Array;
      try {
        unzipped = await unzip(bytes, { ...file, bytes: 1000 }, "the file");
      } catch (error) {
        return expectRefusal(error);
      }
      parsesTruly(new Uint8Array(unzipped));
      expect(Buffer.compare(raw, unzipped.subarray(0, raw.length))).toBe(0);
    }),
    share(0.05),
  );
});

it("a folder with a damaged file is refused with an error in plain words, or its data is intact", {
  timeout,
}, async () => {
  const folder = temporaryFolder();
  const variants = fc.oneof(
    damaged(intact).map((bytes) => ({ name: file.name, bytes })),
    damaged(intactZipped).map((bytes) => ({ name: `${file.name}.gz`, bytes })),
  );
  await fc.assert(
    fc
      .asyncProperty(variants, async ({ name, bytes }) => {
        writeFileSync(join(folder, name), bytes);
        const { contents, damaged, missing } = await readFolder(folder, [form]);
        expect(missing).toEqual([]);
        expect(contents.size + damaged.length).toBe(1);
        if (contents.size > 0) expect(Buffer.compare(contents.get(file.name)!, intact)).toBe(0);
        else expect(damaged[0]).toContain(`${join(folder, name)}: expected `);
      })
      .beforeEach(() => {
        for (const name of [file.name, `${file.name}.gz`]) rmSync(join(folder, name), { force: true });
      }),
    share(0.05),
  );
});

let before: number;
beforeEach(() => {
  before = process.resourceUsage().maxRSS;
});
/** Bytes by which the process's largest resident memory has grown in this test. */
const grown = () => (process.resourceUsage().maxRSS - before) * 1024;

it("a gzip of a gigabyte is refused in no more memory than the expected file takes", async () => {
  const member = gzipSync(Buffer.alloc(MB));
  const bomb = Buffer.concat(Array.from({ length: 1024 }, () => member));
  await expect(unzip(bomb, { ...file, bytes: 7_840_016 }, "the file")).rejects.toThrow(
    "the file: expected gzip of 7840016 bytes, got more",
  );
  expect(grown()).toBeLessThan(100 * MB);
});

it("a file that is too large is refused unread", async () => {
  const folder = temporaryFolder();
  for (const name of [file.name, `${file.name}.gz`]) {
    writeFileSync(join(folder, name), "");
    truncateSync(join(folder, name), 2 ** 31);
  }
  const { damaged } = await readFolder(folder, [form]);
  expect(damaged.map((sentence) => sentence.slice(folder.length + 1))).toEqual([
    "train-labels-idx1-ubyte: expected 708 bytes at most, got 2147483648",
    "train-labels-idx1-ubyte.gz: expected 66244 bytes at most, got 2147483648",
  ]);
  expect(grown()).toBeLessThan(100 * MB);
});

it("a folder or a pipe in the place of a file is refused, without waiting for a writer of the pipe", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, file.name));
  const { damaged } = await readFolder(folder, [form]);
  expect(damaged).toEqual([`${join(folder, file.name)}: expected a file, got a folder`]);
  // Windows has no pipes in folders.
  if (process.platform === "win32") return;
  execFileSync("mkfifo", [join(folder, `${file.name}.gz`)]);
  expect((await readFolder(folder, [form])).damaged[1]).toBe(
    `${join(folder, `${file.name}.gz`)}: expected a file, got a device or a pipe`,
  );
});
