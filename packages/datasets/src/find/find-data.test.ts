// Folders: which one is used, and what is said of each that is not.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  fakeFiles,
  fakeForm,
  fakeSet,
  folderWith,
  IMAGES,
  placesWith,
  plain,
  requestWith,
  temporaryFolder,
  zipped,
} from "../../test/fake-files.js";
import { DatasetError } from "../dataset-error.js";
import { findData } from "./find-data.js";

const images = plain.get("train-images-idx3-ubyte")!;
const header = "expected 224016 bytes (its header says 700x20x16)";

const errorOf = async (promise: Promise<unknown>): Promise<DatasetError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof DatasetError) return error;
  throw new Error("expected a DatasetError", { cause: error });
};

const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
};

describe("a folder given as root", () => {
  it("is read gzipped, plain or mixed", async () => {
    const mixed = folderWith({ [IMAGES]: undefined, "train-images-idx3-ubyte": images });
    for (const root of [folderWith(), mixed]) {
      const { train, test } = await findData(requestWith({ root }), placesWith());
      expect(train.shape).toEqual([700, 20, 16, 1]);
      expect(test.shape).toEqual([30, 20, 16, 1]);
      expect(Buffer.compare(train.images, images.subarray(16))).toBe(0);
      expect(
        Buffer.compare(Buffer.from(train.labels), plain.get("train-labels-idx1-ubyte")!.subarray(8)),
      ).toBe(0);
      expect(Buffer.isBuffer(train.labels)).toBe(false);
    }
  });

  // What is wrong with the file, and the words that say so.
  const damages: [string, string, Uint8Array, string][] = [
    ["truncated", "train-images-idx3-ubyte", images.subarray(0, 5000), `${header}, got 5000 (truncated)`],
    [
      "too long",
      "train-images-idx3-ubyte",
      Buffer.concat([images, Buffer.of(0)]),
      "expected 224016 bytes at most, got 224017",
    ],
    [
      "empty",
      "train-images-idx3-ubyte",
      Buffer.alloc(0),
      "expected an IDX header of 4 bytes or more, got 0 bytes",
    ],
    ["bit-flipped", "train-images-idx3-ubyte", flipped(images, 4000), "(changed or another data set)"],
    ["wrong magic", "train-images-idx3-ubyte", flipped(images, 2), "got 0x00000903"],
    [
      "labels for images",
      "train-images-idx3-ubyte",
      plain.get("train-labels-idx1-ubyte")!,
      "expected train-images-idx3-ubyte with sizes 700x20x16, got 700",
    ],
    [
      "truncated gzip",
      IMAGES,
      zipped.get(IMAGES)!.subarray(0, 5000),
      "expected gzip of 224016 bytes, got a damaged file (unexpected end of file)",
    ],
    [
      "empty gzip",
      IMAGES,
      Buffer.alloc(0),
      "expected gzip of 224016 bytes, got a damaged file (unexpected end of file)",
    ],
    [
      "bit-flipped gzip",
      IMAGES,
      flipped(zipped.get(IMAGES)!, zipped.get(IMAGES)!.length - 6),
      "expected gzip of 224016 bytes, got a damaged file (incorrect data check)",
    ],
    [
      "not gzip",
      IMAGES,
      Buffer.from("<html>"),
      "expected gzip of 224016 bytes, got a damaged file (incorrect header check)",
    ],
    [
      "gzip of something longer",
      IMAGES,
      gzipSync(Buffer.alloc(300_000)),
      "expected gzip of 224016 bytes, got more",
    ],
    [
      "gzip of a truncated file",
      IMAGES,
      gzipSync(images.subarray(0, 5000)),
      `${header}, got 5000 (truncated)`,
    ],
    ["gzip of a changed file", IMAGES, gzipSync(flipped(images, 4000)), "(changed or another data set)"],
  ];
  it.each(damages)(
    "with a damaged file (%s) is an error that names it, and the file stays",
    async (_, name, bytes, words) => {
      const root = folderWith({ [IMAGES]: undefined, [name]: bytes });
      // Intact copies elsewhere do not count.
      const error = await errorOf(findData(requestWith({ root }), placesWith({ system: folderWith() })));
      expect(error.code).toBe("damaged");
      expect(error.message).toContain(`${join(root, name)}: `);
      expect(error.message).toContain(words);
      expect(Buffer.compare(readFileSync(join(root, name)), bytes)).toBe(0);
    },
  );

  it("that lacks a file is an error that names it, although other places have it", async () => {
    const root = folderWith({ [IMAGES]: undefined });
    const error = await errorOf(findData(requestWith({ root }), placesWith({ system: folderWith() })));
    expect(error.code).toBe("unavailable");
    expect(error.message).toBe(
      `fashion-mnist: expected four intact IDX files in ${root}, got: train-images-idx3-ubyte[.gz] is missing.\n` +
        "Fix: put the right files there, or leave the folder out to have them found or downloaded.",
    );
  });

  it("that is not there, not a folder or empty is an error", async () => {
    const empty = temporaryFolder();
    const file = join(empty, IMAGES);
    const messageFor = async (root: string) =>
      (await errorOf(findData(requestWith({ root }), placesWith()))).message;
    expect(await messageFor(join(empty, "nowhere"))).toContain("got: no such folder");
    expect(await messageFor(empty)).toContain("got: none of the four files is there");
    writeFileSync(file, "");
    expect(await messageFor(file)).toContain("got: not a folder");
  });

  it("is used with a warning where a damaged file has an intact copy beside it", async () => {
    const root = folderWith({ "train-images-idx3-ubyte": flipped(images, 4000) });
    const request = requestWith({ root });
    const { train } = await findData(request, placesWith());
    expect(Buffer.compare(train.images, images.subarray(16))).toBe(0);
    expect(request.events).toHaveLength(1);
    expect(request.events[0]!.message).toContain(join(root, "train-images-idx3-ubyte"));
  });
});

describe("without a root", () => {
  it("MLPCONV_DATA, the cache and the system's folder are looked in, in this order", async () => {
    const [environment, cache, system] = [folderWith(), folderWith(), folderWith()];
    const damaged = { [IMAGES]: Buffer.from("damaged") };
    const found = async (changes: object) => {
      const request = requestWith({ download: false });
      await findData(request, placesWith({ environment, cache, system, ...changes }));
      return request.events.map(({ message }) => message);
    };
    expect(await found({})).toEqual([]);
    expect(await found({ cache: folderWith(damaged), system: folderWith(damaged) })).toEqual([]);
    expect(await found({ environment: undefined, system: folderWith(damaged) })).toEqual([]);
    expect(await found({ environment: "/no/such/folder", cache: "/no/such/folder" })).toEqual([]);
  });

  it("a damaged file of the user's is skipped with a warning that names it, and left unchanged", async () => {
    const environment = folderWith({ [IMAGES]: Buffer.from("damaged") });
    const request = requestWith();
    const { train } = await findData(request, placesWith({ environment, system: folderWith() }));
    expect(Buffer.compare(train.images, images.subarray(16))).toBe(0);
    expect(request.events).toEqual([
      {
        type: "warning",
        message: `fashion-mnist: not used: ${join(environment, IMAGES)}: expected gzip of 224016 bytes, got a damaged file (incorrect header check)`,
      },
    ]);
    expect(readFileSync(join(environment, IMAGES), "utf8")).toBe("damaged");
  });

  it("the error lists every folder with the reason, and says what to do", async () => {
    const environment = folderWith({ [IMAGES]: undefined });
    const places = placesWith({ environment, mirrors: ["http://no-such-host.invalid/", "ftp://old"] });
    const error = await errorOf(findData(requestWith(), places));
    expect(error.code).toBe("unavailable");
    const lines = error.message.split("\n");
    expect(lines[0]).toBe(
      "fashion-mnist: expected the four IDX files in one of these places, got them from none:",
    );
    expect(lines[1]).toBe(`  - MLPCONV_DATA ${environment}: train-images-idx3-ubyte[.gz] is missing`);
    expect(lines[2]).toBe(`  - cache ${places.cache}: no such folder`);
    expect(lines[3]).toBe(`  - system ${places.system}: no such folder`);
    expect(lines[4]).toBe("  - ftp://old: expected an http:// or https:// URL");
    expect(lines[5]).toMatch(/^ {2}- http:\/\/no-such-host\.invalid\/t10k-labels-idx1-ubyte\.gz: ./);
    expect(lines[6]).toBe("  - apt: only on Linux");
    expect(lines[7]).toContain("Fix: put t10k-labels-idx1-ubyte.gz");
  });

  it("the network is not used when downloads are off", async () => {
    const places = placesWith({ mirrors: ["http://no-such-host.invalid/"] });
    const error = await errorOf(findData(requestWith({ download: false }), places));
    expect(error.message).toContain("  - MLPCONV_DATA: not set\n");
    expect(error.message).toContain("  - download: switched off (download: false)\n");
    expect(error.message).not.toContain("invalid");
  });

  it("an aborted signal ends it with its reason", async () => {
    const reason = new Error("enough");
    const request = requestWith({ signal: AbortSignal.abort(reason) });
    await expect(findData(request, placesWith())).rejects.toBe(reason);
    await expect(findData({ ...request, root: folderWith() }, placesWith())).rejects.toBe(reason);
  });

  it("the folder of another data set of the same sizes is refused", async () => {
    const root = folderWith();
    const files = fakeFiles.map((file) => ({ ...file, sha256: "0".repeat(64) }));
    const set = { ...fakeSet, forms: [{ ...fakeForm, files }] as const };
    const error = await errorOf(findData(requestWith({ root }), placesWith({ set })));
    expect(error.code).toBe("damaged");
    expect(readdirSync(root)).toHaveLength(4);
  });
});
