// The formats of the published data sets, in small: archives that fixtures/make-archives.py wrote, packed, unpacked, downloaded and damaged.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import type { Split } from "../src/dataset.js";
import { findData } from "../src/find/find-data.js";
import { defaultPlaces } from "../src/find/load-set.js";
import { unpack } from "../src/find/unpack.js";
import { cifar10Set, cifar100Set } from "../src/sets/cifar.js";
import type { Archive, Form, PublishedSet } from "../src/sets/data-set.js";
import { emnistSets } from "../src/sets/emnist.js";
import { idxForm } from "../src/sets/idx-form.js";
import { kmnistSet } from "../src/sets/kmnist.js";
import { mnistSet } from "../src/sets/mnist.js";
import { publishedSets } from "../src/sets/published-sets.js";
import {
  fakeFiles,
  fakeForm,
  fakeSet,
  folderWith,
  placesWith,
  requestWith,
  temporaryFolder,
  zipped,
} from "./fake-files.js";
import { breaksOffAfter, upstream, whole } from "./fake-upstream.js";

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const fixture = (name: string) => readFileSync(join(fixtures, name));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The archive of a form as the fixture of its name is. */
const asFixture = (archive: Archive): Archive => {
  const bytes = fixture(archive.name);
  const { md5: _, ...facts } = archive;
  return { ...facts, bytes: bytes.length, unpacked: 200_000, sha256: sha256(bytes) };
};

/** A CIFAR data set with the fixtures' few images. */
const small = (set: PublishedSet, examples: PublishedSet["examples"]): PublishedSet => {
  const forms = set.forms.map((form): Form => {
    const archive = asFixture(form.archive!);
    const contents = listed(fixture(archive.name));
    const files = form.files.map(({ md5: _, ...file }) => {
      const bytes = contents.get(file.name)!;
      return { ...file, bytes: bytes.length, sha256: sha256(bytes) };
    });
    return { ...form, archive, files };
  });
  return { ...set, examples, forms: [forms[0]!, ...forms.slice(1)] };
};

/** Members of a tar archive by an independent reader. */
const listed = (bytes: Buffer): Map<string, Buffer> => {
  const tar = gunzipSync(bytes);
  const members = new Map<string, Buffer>();
  for (let at = 0; tar[at]; ) {
    const name = tar.toString("latin1", at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 135), 8);
    members.set(name, tar.subarray(at + 512, at + 512 + size));
    at += 512 * (1 + Math.ceil(size / 512));
  }
  return members;
};

const cifar10 = small(cifar10Set, { train: 10, test: 3 });
const cifar100 = small(cifar100Set, { train: 4, test: 2 });
const examples = { train: 4, test: 2 };
const letters: PublishedSet = {
  ...emnistSets.find(({ info }) => info.name === "emnist-letters")!,
  examples,
  forms: [
    {
      ...idxForm({
        prefix: { train: "gzip/emnist-letters-train", test: "gzip/emnist-letters-test" },
        examples,
      }),
      archive: asFixture(emnistSets[0]!.forms[0].archive!),
    },
  ],
};

/** The fixtures' formula: image `first` and the next ones, of these channels and this side. */
const expectImages = ({ images, shape }: Split, first: number) => {
  const [count, side, , channels] = shape;
  let at = 0;
  for (let i = first; i < first + count; i++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        for (let c = 0; c < channels; c++)
          if (images[at++] !== (i * 31 + c * 85 + y * 7 + x * 3) % 256)
            expect.unreachable(`image ${i}, row ${y}, column ${x}, channel ${c}`);
};

/** A folder with one archive, as it is or unpacked. */
const folderOf = (name: string, packed: boolean): string => {
  const folder = temporaryFolder();
  if (packed) cpSync(join(fixtures, name), join(folder, name));
  else
    for (const [path, bytes] of listed(fixture(name)))
      if (path.endsWith("/")) mkdirSync(join(folder, path), { recursive: true });
      else {
        mkdirSync(join(folder, path, ".."), { recursive: true });
        writeFileSync(join(folder, path), bytes);
      }
  return folder;
};

describe("CIFAR", () => {
  const cases = ["binary", "python"].flatMap((format) =>
    [true, false].map((packed) => [format, packed ? "packed" : "unpacked", packed] as const),
  );
  it.each(cases)("is read from its %s version, %s", async (format, _, packed) => {
    const ten = folderOf(`cifar-10-${format}.tar.gz`, packed);
    const { train, test } = await findData(requestWith({ root: ten }), placesWith({ set: cifar10 }));
    expect([...train.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...test.labels]).toEqual([0, 1, 2]);
    expectImages(train, 0);
    expectImages(test, 10);
    const hundred = folderOf(`cifar-100-${format}.tar.gz`, packed);
    const request = requestWith({ root: hundred });
    const data = await findData(request, placesWith({ set: cifar100 }));
    expect([...data.train.labels]).toEqual([99, 98, 97, 96]);
    expectImages(data.train, 0);
    expectImages(data.test, 4);
    expect(data.classes[data.train.labels[0]!]).toBe("worm");
    expect(request.events).toEqual([]);
  });

  it("is downloaded as its binary archive, which is kept as it is, and a broken download is resumed", async () => {
    const archive = "cifar-10-binary.tar.gz";
    const files = new Map([[archive, fixture(archive)]]);
    const { url, requests } = await upstream(
      (_, before) => (before === 0 ? breaksOffAfter(500) : whole),
      files,
    );
    const places = placesWith({ set: cifar10, mirrors: [url] });
    const { train } = await findData(requestWith(), places);
    expectImages(train, 0);
    expect(requests).toEqual([archive, `${archive} from 500`]);
    expect(readdirSync(places.cache!)).toEqual([archive]);
    // And is found there.
    await findData(requestWith({ download: false }), places);
  });

  it("takes a folder called train for no damaged file", async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "train"));
    const error = findData(requestWith({ root }), placesWith({ set: cifar100 }));
    await expect(error).rejects.toMatchObject({ code: "unavailable" });
    await expect(error).rejects.not.toThrow("got a folder");
  });

  it("says what it is and where it belongs when it is found nowhere", async () => {
    const request = requestWith({ download: false });
    await expect(findData(request, placesWith({ set: cifar10Set }))).rejects.toThrow(
      /^cifar10: expected cifar-10-binary\.tar\.gz or cifar-10-python\.tar\.gz, packed or unpacked, in one of these places(.|\n)*Fix: put cifar-10-binary\.tar\.gz/,
    );
    const root = temporaryFolder();
    await expect(findData(requestWith({ root }), placesWith({ set: cifar10Set }))).rejects.toThrow(
      "cifar-10-binary.tar.gz is not there, and none of the six files is there",
    );
  });
});

describe("EMNIST", () => {
  it("is read upright from its archive, with labels from 0", async () => {
    const root = temporaryFolder();
    cpSync(join(fixtures, "gzip.zip"), join(root, "gzip.zip"));
    const request = requestWith({ root });
    const { train, test, classes } = await findData(request, placesWith({ set: letters }));
    expect([...train.labels, ...test.labels]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(classes[train.labels[0]!]).toBe("A");
    expectImages(train, 0);
    expectImages(test, 4);
    expect(request.events).toEqual([]);
  });

  it("is read from unpacked files with a warning, because they have no published checksum", async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "gzip"));
    for (const [name, bytes] of Object.entries(unzipSync(fixture("gzip.zip"))))
      writeFileSync(join(root, name), bytes);
    const request = requestWith({ root });
    expectImages((await findData(request, placesWith({ set: letters }))).train, 0);
    expect(request.events).toHaveLength(4);
    expect(request.events[0]!.message).toMatch(/^emnist-letters: .*no checksum of this file is published$/);
  });

  it("with labels that are no class is refused", async () => {
    const root = temporaryFolder();
    cpSync(join(fixtures, "gzip.zip"), join(root, "gzip.zip"));
    const set = { ...letters, info: { ...letters.info, classes: ["A", "B"] } };
    await expect(findData(requestWith({ root }), placesWith({ set }))).rejects.toThrow(
      "emnist-letters: expected labels of 2 classes in the train files, got label 2",
    );
  });
});

const archiveRuns = Number(process.env.FUZZ_RUNS ?? 200);

describe("an archive", () => {
  const name = "cifar-10-binary.tar.gz";
  const damage = async (bytes: Buffer, changes: Partial<Archive> = {}) => {
    const [form] = cifar10.forms;
    const archive = { ...form.archive!, ...changes };
    return unpack(bytes, archive, form, "the archive");
  };

  it("with another checksum is refused before it is unpacked", async () => {
    const root = temporaryFolder();
    const bytes = fixture(name);
    bytes[bytes.length - 5]! ^= 1;
    writeFileSync(join(root, name), bytes);
    await expect(findData(requestWith({ root }), placesWith({ set: cifar10 }))).rejects.toThrow(
      `${join(root, name)}: expected an archive with sha256 ${cifar10.forms[0].archive!.sha256}, got `,
    );
  });

  it("that is cut off, no gzip or no tar is refused", async () => {
    const bytes = fixture(name);
    await expect(damage(bytes.subarray(0, 900))).rejects.toThrow(
      "the archive: expected a gzipped tar archive, got a damaged one (unexpected end of file)",
    );
    await expect(damage(Buffer.from("<html>"))).rejects.toThrow("got a damaged one (incorrect header check)");
    await expect(damage(gzipSync(gunzipSync(bytes).subarray(0, 9_000)))).rejects.toThrow(
      /^the archive: expected /,
    );
    await expect(damage(gzipSync(Buffer.alloc(4_000, "x")))).rejects.toThrow(/^the archive: expected /);
  });

  it("that unpacks to more than it should is refused while it is unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const before = process.memoryUsage().arrayBuffers;
    await expect(damage(Buffer.concat([bomb, bomb]))).rejects.toThrow(
      "the archive: unpacked: expected 200000 bytes at most, got ",
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60_000_000);
  });

  it("with a member that is longer than its file is refused", async () => {
    const [form] = cifar10.forms;
    const files = form.files.map((file) => ({ ...file, bytes: 100 }));
    await expect(unpack(fixture(name), form.archive!, { ...form, files }, "it")).rejects.toThrow(
      "it: cifar-10-batches-bin/data_batch_1.bin: expected 100 bytes at most, got 6146",
    );
  });

  it("whose paths lead out of a folder, or that lacks a file, writes nothing and is refused", async () => {
    const tar = gunzipSync(fixture(name));
    const at = tar.indexOf("cifar-10-batches-bin/data_batch_1.bin");
    tar.write("../".repeat(3), at, "latin1");
    // The checksum of the header is the sum of its bytes, with spaces in its own place.
    tar.write("        ", at + 148, "latin1");
    const sum = tar.subarray(at, at + 512).reduce((a, b) => a + b, 0);
    tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
    await expect(damage(gzipSync(tar))).rejects.toThrow(
      "the archive: expected cifar-10-batches-bin/data_batch_1.bin in the archive, got none; get it again",
    );
  });

  it.each([cifar10, letters])(
    "of $info.name with any damage is refused in plain words, or its files are intact",
    { timeout: 60_000 },
    async ({ forms: [form] }) => {
      const archive = form.archive!;
      const packed = fixture(archive.name);
      // Damage within the gzip layer would be found there.
      const bytes = archive.kind === "zip" ? packed : gunzipSync(packed);
      const at = fc.oneof(fc.nat(600), fc.nat(bytes.length - 1));
      const damaged = fc.oneof(
        fc.tuple(at, fc.nat(255)).map(([i, byte]) => Buffer.from(bytes).fill(byte, i, i + 1)),
        at.map((length) => bytes.subarray(0, length)),
        fc
          .tuple(at, fc.nat(600))
          .map(([i, n]) => Buffer.concat([bytes.subarray(0, i), bytes.subarray(i + n)])),
      );
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(damaged, async (changed) => {
          const again = archive.kind === "zip" ? changed : gzipSync(changed, { level: 1 });
          try {
            await unpack(again, archive, form, "it");
          } catch (error) {
            expect(error).toMatchObject({ name: "DatasetError", code: "damaged" });
            expect((error as Error).message).toMatch(/^it: (?:.*: )?expected /);
            refused++;
          }
        }),
        { numRuns: archiveRuns },
      );
      expect(refused).toBeGreaterThan(archiveRuns / 10);
    },
  );

  it("of the zip kind is bounded, and refused where it is damaged or hostile", async () => {
    const [form] = letters.forms;
    const archive = form.archive!;
    const bytes = fixture("gzip.zip");
    const refusal = (zip: Uint8Array) => expect(unpack(zip, archive, form, "the zip")).rejects;
    await refusal(bytes.subarray(0, 700)).toThrow("the zip: expected a zip archive, got a damaged one");
    await refusal(Buffer.from("no zip")).toThrow("the zip: expected a zip archive, got a damaged one");
    const member = "gzip/emnist-letters-train-images-idx3-ubyte.gz";
    await refusal(zipSync({ [member]: new Uint8Array(10_000_000) })).toThrow(
      `the zip: ${member}: expected 68688 bytes at most, got 10000000`,
    );
    await refusal(zipSync({ [`../${member}`]: new Uint8Array(10) })).toThrow("in the archive, got none");
    const bomb = gzipSync(new Uint8Array(10_000_000));
    await refusal(zipSync({ "gzip/emnist-letters-test-labels-idx1-ubyte.gz": bomb })).toThrow(
      "expected gzip of 10 bytes, got more",
    );
  });
});

describe("a data set of which only the gzip files have published checksums", () => {
  const files = fakeFiles.map(({ sha256: _, ...file }) => ({
    ...file,
    gzip: { sha256: sha256(zipped.get(`${file.name}.gz`)!) },
  }));
  const set: PublishedSet = { ...fakeSet, forms: [{ ...fakeForm, files }] };

  it("is downloaded and verified by them", async () => {
    const { url } = await upstream(() => whole);
    const request = requestWith({ onEvent: ({ type }) => expect(type).not.toBe("warning") });
    await findData(request, placesWith({ set, mirrors: [url] }));
    const other = {
      ...set,
      forms: [{ ...fakeForm, files: files.map((file) => ({ ...file, gzip: wrong })) }] as const,
    };
    await expect(findData(requestWith(), placesWith({ set: other, mirrors: [url] }))).rejects.toThrow(
      /: wrong bytes: t10k-labels-idx1-ubyte\.gz: expected gzip with sha256 0{64}, got [0-9a-f]{64} \(changed or another data set\)\n/,
    );
  });
  const wrong = { sha256: "0".repeat(64) };

  it("is read from plain files with a warning, and not from files that were gzipped anew", async () => {
    const name = "train-images-idx3-ubyte";
    const bytes = gunzipSync(zipped.get(`${name}.gz`)!);
    const root = folderWith({ [`${name}.gz`]: undefined, [name]: bytes });
    const request = requestWith({ root });
    await findData(request, placesWith({ set }));
    expect(request.events.map(({ message }) => message)).toEqual([
      `fashion-mnist: ${join(root, name)}: used by its name and sizes alone, because no checksum of this file is published`,
    ]);
    const anew = folderWith({ [`${name}.gz`]: gzipSync(bytes, { level: 0 }) });
    await expect(findData(requestWith({ root: anew }), placesWith({ set }))).rejects.toThrow(
      `${join(anew, `${name}.gz`)}: expected gzip with sha256 `,
    );
  });
});

describe("files of the same names", () => {
  const system = "/usr/share/datasets/fashion-mnist";
  const there = existsSync(system);

  it.skipIf(!there).each([mnistSet, kmnistSet])(
    "are not accepted as $info.name's: the error names the data set they belong to",
    async (set) => {
      const error: Error = await findData(requestWith({ root: system }), placesWith({ set })).then(
        () => expect.unreachable(),
        (reason) => reason,
      );
      expect(error.message).toContain(`${set.info.name}: expected four intact IDX files in ${system}, got: `);
      for (const file of set.forms[0].files) expect(error.message).toContain(`${file.name} of fashion-mnist`);
    },
  );

  it.skipIf(!there)("are distinguished in a folder with a subfolder for each data set", async () => {
    const environment = temporaryFolder();
    cpSync(system, join(environment, "fashion-mnist"), { recursive: true });
    const fashion = publishedSets[0];
    const request = requestWith({ download: false });
    const data = await findData(request, placesWith({ set: fashion, environment }));
    expect(data.source).toBe(environment);
    expect(request.events).toEqual([]);
    await expect(findData(request, placesWith({ set: mnistSet, environment }))).rejects.toThrow(
      `MLPCONV_DATA ${environment}: none of the four files is there`,
    );
  });

  it("are cached in a folder for each data set; EMNIST's share their download", async () => {
    const caches = await Promise.all(publishedSets.map((set) => defaultPlaces(set, {})));
    const names = caches.map(({ cache }) => cache?.split(/[\\/]/).at(-1));
    expect(names).toEqual([
      ...["fashion-mnist", "mnist", "kmnist", "emnist", "emnist", "emnist", "cifar10", "cifar100"],
    ]);
  });
});

describe.each(publishedSets)("the facts of $info.name", (set) => {
  it("are consistent: sizes, checksums, addresses", () => {
    for (const { files, archive } of set.forms) {
      for (const file of [...files, ...(archive ? [archive] : [])]) {
        const checksums = [file.sha256, "gzip" in file ? file.gzip?.sha256 : undefined];
        for (const checksum of checksums) if (checksum) expect(checksum).toMatch(/^[0-9a-f]{64}$/);
        if (file.md5) expect(file.md5).toMatch(/^[0-9a-f]{32}$/);
        if ("shape" in file)
          expect(file.bytes).toBe(4 + 4 * file.shape!.length + file.shape!.reduce((a, b) => a * b, 1));
      }
      expect(new Set(files.map(({ split }) => split))).toEqual(new Set(["train", "test"]));
    }
    for (const url of set.mirrors) expect(new URL(url).pathname.endsWith("/")).toBe(true);
    // Without a checksum for what is downloaded, a server could send anything.
    const [{ archive, files }] = set.forms;
    for (const file of archive ? [archive] : files)
      expect(file.sha256 ?? file.md5 ?? ("gzip" in file && file.gzip?.sha256)).toBeTruthy();
  });
});
