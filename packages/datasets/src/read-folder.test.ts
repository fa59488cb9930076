// Random damage to files: refused by name, or harmless.
import fc from "fast-check";
import { expect, it } from "vitest";
import { fakeFiles, plain, zipped } from "../test/fake-files.js";
import { DatasetError } from "./dataset-error.js";
import { verified } from "./fashion-mnist-files.js";
import { unzip } from "./read-folder.js";

const file = fakeFiles.find(({ name }) => name === "train-labels-idx1-ubyte")!;
const values = plain.get(file.name)!.subarray(8);

/** One thing that disks, networks and people do to a file: flip a bit, cut it off, add something. */
const damaged = (bytes: Buffer): fc.Arbitrary<Buffer> => {
  const at = fc.nat(bytes.length - 1);
  return fc.oneof(
    fc.tuple(at, fc.nat(7)).map(([i, bit]) => {
      const copy = Buffer.from(bytes);
      copy[i]! ^= 1 << bit;
      return copy;
    }),
    at.map((length) => bytes.subarray(0, length)),
    fc
      .tuple(at, fc.uint8Array({ minLength: 1, maxLength: 20 }))
      .map(([i, more]) => Buffer.concat([bytes.subarray(0, i), more, bytes.subarray(i)])),
  );
};

/** "refused" with a DatasetError that names the file; anything else that is thrown fails the test. */
const read = async (bytes: Uint8Array, gzip: boolean): Promise<Uint8Array | "refused"> => {
  try {
    return verified(gzip ? await unzip(bytes, file, "the file") : bytes, file, "the file");
  } catch (error) {
    expect(error).toBeInstanceOf(DatasetError);
    expect((error as DatasetError).message).toMatch(/^the file: expected /);
    return "refused";
  }
};

it("no damage to a plain file is accepted", async () => {
  const property = fc.asyncProperty(damaged(plain.get(file.name)!), async (bytes) => {
    expect(await read(bytes, false)).toBe("refused");
  });
  await fc.assert(property, { numRuns: 500 });
});

it("a damaged gzipped file is refused, or what is in it is intact all the same", async () => {
  // gzip's header has bytes that do not matter, and what follows its end is ignored.
  let refused = 0;
  const property = fc.asyncProperty(damaged(zipped.get(`${file.name}.gz`)!), async (bytes) => {
    const result = await read(bytes, true);
    if (result === "refused") refused++;
    else expect(Buffer.compare(result, values)).toBe(0);
  });
  await fc.assert(property, { numRuns: 500 });
  expect(refused).toBeGreaterThan(400);
});
