// safetensors on the disk: streamed, atomic, and checked against a sum.
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSafetensors, type SafeTensor, SafetensorsError, writeSafetensors } from "../index.js";
import { openSafetensors, readSafetensorsFile, writeSafetensorsFile } from "./index.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weights-"));
  path = join(folder, "last.safetensors");
});
afterEach(() => rmSync(folder, { recursive: true }));

const tensors: [string, SafeTensor][] = [
  ["w", { dtype: "F32", shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) }],
  ["b", { dtype: "U8", shape: [3], data: new Uint8Array([7, 8, 9]) }],
  ["n", { dtype: "I64", shape: [], data: new BigInt64Array([5n]) }],
];
const metadata = { step: "12", run: '"quoted" \\ and \n' };

describe("a file", () => {
  test("has the bytes that writeSafetensors gives, and reads back", async () => {
    await writeSafetensorsFile(path, tensors, { metadata });
    expect(new Uint8Array(readFileSync(path))).toEqual(writeSafetensors(tensors, metadata));
    expect(await readSafetensorsFile(path)).toEqual({ metadata, tensors: new Map(tensors) });
    expect(readdirSync(folder)).toEqual(["last.safetensors"]);
  });

  test("takes data that is produced when it is written", async () => {
    const turns: string[] = [];
    const lazy = tensors.map(([name, { data, ...type }]): [string, never] => {
      const fetch = async () => {
        turns.push(name);
        return data;
      };
      return [name, { ...type, data: fetch } as never];
    });
    await writeSafetensorsFile(path, lazy);
    expect(turns).toEqual(["n", "w", "b"]);
    expect(new Uint8Array(readFileSync(path))).toEqual(writeSafetensors(tensors));
  });

  test("is read by ranges: one tensor without the rest", async () => {
    await writeSafetensorsFile(path, tensors);
    const file = await openSafetensors(path);
    expect(file.tensors.get("w")).toMatchObject({ dtype: "F32", shape: [2, 3] });
    expect(await file.read("b")).toEqual(tensors[1]![1]);
    await expect(file.read("c")).rejects.toThrow('expected one of its tensors (n, w, b), got "c"');
    truncateSync(path, 200);
    await expect(file.read("w")).rejects.toThrow("the file was cut meanwhile");
    await file.close();
  });

  test("larger than one chunk is read back unchanged", async () => {
    const data = new Float32Array(5_000_000).map((_, i) => i);
    await writeSafetensorsFile(path, [["w", { dtype: "F32", shape: [5, 1_000_000], data }]], {
      checksum: true,
    });
    const { tensors } = await readSafetensorsFile(path, { checksum: true });
    expect(Buffer.compare(new Uint8Array(tensors.get("w")!.data.buffer), new Uint8Array(data.buffer))).toBe(
      0,
    );
  });

  test("that was there stays when writing fails, and nothing is left beside it", async () => {
    await writeSafetensorsFile(path, tensors);
    const before = readFileSync(path);
    const failing = {
      dtype: "F32",
      shape: [1],
      data: () => {
        throw new Error("the device is gone");
      },
    } as const;
    await expect(writeSafetensorsFile(path, [...tensors, ["late", failing]])).rejects.toThrow(
      "the device is gone",
    );
    const short = { dtype: "F32", shape: [2], data: () => new Float32Array(1) } as const;
    await expect(writeSafetensorsFile(path, [["short", short]])).rejects.toThrow(
      '"short" to have 2 elements in a Float32Array',
    );
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder)).toEqual(["last.safetensors"]);
  });

  test("that is broken is an error with its path", async () => {
    writeFileSync(path, "not a safetensors file");
    await expect(readSafetensorsFile(path)).rejects.toThrow(SafetensorsError);
    await expect(readSafetensorsFile(path)).rejects.toThrow(
      /^.*last\.safetensors: expected a header of at most/,
    );
    await expect(readSafetensorsFile(join(folder, "none"))).rejects.toThrow("ENOENT");
    writeFileSync(path, "");
    await expect(readSafetensorsFile(path)).rejects.toThrow("got 0 bytes");
  });
});

describe("a checksum", () => {
  test("is one more metadata entry, and any reader opens the file", async () => {
    await writeSafetensorsFile(path, tensors, { metadata, checksum: true });
    const read = readSafetensors(readFileSync(path));
    expect(read.metadata).toEqual({ ...metadata, mlpconv_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await readSafetensorsFile(path, { checksum: true })).toEqual(read);
  });

  test("finds every flipped bit", async () => {
    await writeSafetensorsFile(path, tensors, { metadata, checksum: true });
    const good = readFileSync(path);
    for (let bit = 0; bit < good.length * 8; bit += 3) {
      const bad = Buffer.from(good);
      bad[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(path, bad);
      await expect(readSafetensorsFile(path, { checksum: true }), `bit ${bit}`).rejects.toThrow(
        SafetensorsError,
      );
    }
  });

  test("that is required and missing is an error", async () => {
    await writeSafetensorsFile(path, tensors);
    await expect(openSafetensors(path, { checksum: true })).rejects.toThrow(
      "expected a checksum in its metadata (mlpconv_sha256), got none",
    );
  });
});
