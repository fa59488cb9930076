import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { loadData } from "./data/load-data.js";
import { ignore, openSample, quickSettings } from "./sample.js";
import type { DataRequest, LoadingProgress } from "./session.js";

/** An IDX file of bytes. */
const idx = (shape: readonly number[], values: Iterable<number>): Uint8Array => {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, 0x800 + shape.length);
  for (const [i, size] of shape.entries()) header.setUint32(4 + 4 * i, size);
  return Uint8Array.from([...new Uint8Array(header.buffer), ...values]);
};

const images = (count: number, side = 28) =>
  idx(
    [count, side, side],
    Uint8Array.from({ length: count * side * side }, (_, i) => (i * 37) % 251),
  );
const labels = (values: readonly number[]) => idx([values.length], values);

const fashion = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9];
const published = (): Record<string, Uint8Array> => ({
  "train-images-idx3-ubyte": images(12),
  "train-labels-idx1-ubyte": labels(fashion),
  "t10k-images-idx3-ubyte": images(3),
  "t10k-labels-idx1-ubyte": labels([1, 2, 9]),
});

const packed = (files: Record<string, Uint8Array>) =>
  Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [`${name}.gz`, new Uint8Array(gzipSync(bytes))]),
  );

let server: Server | undefined;
afterEach(() => void server?.close());

/** A server of these files. */
const serve = async (
  files: Record<string, Uint8Array>,
  missing: (end: (status: number, type: string, body: string) => void) => void = (end) =>
    end(404, "text/plain", "none"),
): Promise<string> => {
  server = createServer((request, response) => {
    const name = request.url!.split("/").at(-1)!;
    const bytes = files[name];
    if (bytes) return void response.writeHead(200, { "content-length": bytes.length }).end(bytes);
    missing((status, type, body) => void response.writeHead(status, { "content-type": type }).end(body));
  });
  await new Promise<void>((listening) => void server!.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/folder`;
};

const fetched = (base: string, onLoading: (progress: LoadingProgress) => void = ignore) =>
  loadData({ source: "files", base }, onLoading);

describe("files below an address", () => {
  test.each([
    ["gzipped", packed],
    ["plain", (files: Record<string, Uint8Array>) => files],
  ])("%s, under the names of Fashion-MNIST", async (_, as) => {
    const seen: LoadingProgress[] = [];
    const files = as(published());
    const data = await fetched(await serve(files), (progress) => seen.push(progress));
    expect(data).toMatchObject({ name: "fashion-mnist", shape: [28, 28, 1], mean: [0.286] });
    expect(data.train.shape).toEqual([12, 28, 28, 1]);
    expect([...data.train.labels]).toEqual(fashion);
    expect(Buffer.compare(data.test.images, published()["t10k-images-idx3-ubyte"]!.subarray(16))).toBe(0);
    const total = Object.values(files).reduce((sum, { length }) => sum + length, 0);
    expect(seen.at(-1)).toEqual({ bytes: total, total });
  });

  test("as data.json there describes them", async () => {
    const info = { name: "letters", classes: ["a", "b"], shape: [8, 8, 1], mean: [0.5], std: [0.25] };
    const names = { trainImages: "one", trainLabels: "two", testImages: "three", testLabels: "four.gz" };
    const described = { ...info, source: "a test", train: 4, test: 2, files: names };
    const data = await fetched(
      await serve({
        "data.json": new TextEncoder().encode(JSON.stringify(described)),
        one: images(4, 8),
        two: labels([0, 1, 1, 0]),
        three: images(2, 8),
        "four.gz": new Uint8Array(gzipSync(labels([0, 1]))),
      }),
    );
    expect(data).toMatchObject({ ...info, source: "a test" });
    expect(data.train.labels).toHaveLength(4);
  });

  test("that a server with a start page for each unknown address has", async () => {
    const base = await serve(published(), (end) => end(200, "text/html", "<!doctype html>"));
    expect((await fetched(base)).name).toBe("fashion-mnist");
  });

  test.each<[string, Record<string, Uint8Array>, RegExp]>([
    [
      "missing",
      {},
      /data: expected http.*train-images-idx3-ubyte, got HTTP status 404; check that the four IDX/,
    ],
    [
      "truncated",
      { ...published(), "t10k-images-idx3-ubyte": images(3).subarray(0, 1000) },
      /data: t10k-images-idx3-ubyte: expected 2368 bytes \(its header says 3x28x28\), got 1000 \(truncated\)/,
    ],
    [
      "broken when packed",
      {
        ...packed(published()),
        "train-images-idx3-ubyte.gz": new Uint8Array(gzipSync(images(12))).subarray(0, 99),
      },
      /data: expected train-images-idx3-ubyte.gz to be a whole gzip file, got a damaged one; get it again/,
    ],
    [
      "no IDX",
      { ...published(), "train-labels-idx1-ubyte": new TextEncoder().encode("hello world") },
      /data: train-labels-idx1-ubyte: expected the magic number/,
    ],
    [
      "of other images",
      { ...published(), "t10k-images-idx3-ubyte": images(3, 20) },
      /expected t10k-images-idx3-ubyte to hold images of 28x28x1 like those for training, got 20x20x1/,
    ],
    [
      "with too few labels",
      { ...published(), "train-labels-idx1-ubyte": labels([1, 2]) },
      /expected train-labels-idx1-ubyte to hold 12 labels, as many as train-images-idx3-ubyte has images, got 2/,
    ],
    [
      "with labels of no class",
      { ...published(), "t10k-labels-idx1-ubyte": labels([1, 2, 10]) },
      /expected t10k-labels-idx1-ubyte to hold labels from 0 to 9, got 10/,
    ],
  ])("%s are refused by name", async (_, files, message) => {
    await expect(fetched(await serve(files))).rejects.toThrow(message);
  });

  test("of no server, or no address, are refused", async () => {
    const base = await serve({});
    await new Promise((closed) => server!.close(closed));
    await expect(fetched(base)).rejects.toThrow(
      /data: expected http.*, got no answer \(.*\); check the address/,
    );
    await expect(fetched("data/")).rejects.toThrow("expected an address that begins with http, got data/");
  });
});

describe("dropped files", () => {
  const dropped = (files: Record<string, Uint8Array>) =>
    loadData(
      {
        source: "dropped",
        files: Object.entries(files).map(([name, bytes]) => new File([new Uint8Array(bytes)], name)),
      },
      ignore,
    );

  test("are told apart by their contents and names, in any order", async () => {
    const data = await dropped(Object.fromEntries(Object.entries(packed(published())).reverse()));
    expect(data).toMatchObject({ name: "fashion-mnist", source: "dropped files" });
    expect(data.test.shape[0]).toBe(3);
  });

  test("of other classes are called by their numbers", async () => {
    const data = await dropped({
      a: images(2, 8),
      b: images(5, 8),
      c: labels([0, 1, 2, 3, 1]),
      d: labels([0, 2]),
    });
    expect(data).toMatchObject({ name: "idx-files", classes: ["0", "1", "2", "3"], shape: [8, 8, 1] });
    expect(data.train.shape[0]).toBe(5);
    expect(data.mean[0]).toBeGreaterThan(0.4);
  });

  test.each<[string, () => Record<string, Uint8Array>, RegExp]>([
    [
      "three files",
      () => ({ a: images(2), b: images(1), c: labels([1, 2]) }),
      /got 3 files \(a, b, c\); drop all four/,
    ],
    [
      "four files of labels",
      () => ({ a: labels([1]), b: labels([1]), c: labels([1]), d: labels([1]) }),
      /expected four IDX files, images and labels for training and for testing, got 0 with images/,
    ],
    [
      "a picture",
      () => ({ ...published(), "t10k-labels-idx1-ubyte": Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 1]) }),
      /data: t10k-labels-idx1-ubyte: expected the magic number/,
    ],
  ])("%s are refused", async (_, files, message) => {
    await expect(dropped(files())).rejects.toThrow(message);
  });
});

test("a dropped file that is larger than a page can hold is not read", async () => {
  const file = Object.defineProperty(new File([], "train-images"), "size", { value: 2 ** 31 });
  const files = [file, ...["b", "c", "d"].map((name) => new File([], name))];
  await expect(loadData({ source: "dropped", files }, ignore)).rejects.toThrow(
    "data: expected train-images to hold at most 1024 MiB, got more; use a part of the images",
  );
});

describe("own pictures", () => {
  const request = (counts: readonly number[]): Extract<DataRequest, { source: "pictures" }> => {
    const labels = counts.flatMap((count, label) => new Array<number>(count).fill(label));
    return {
      source: "pictures",
      classes: counts.map((_, i) => `kind ${i}`),
      shape: [12, 10, 3],
      images: Uint8Array.from(
        { length: labels.length * 360 },
        (_, i) => (Math.floor(i / 360) * 10 + ((i % 360) % 7)) % 256,
      ),
      labels: Uint8Array.from(labels),
    };
  };

  test("are split by class, the same each time", async () => {
    const data = await loadData(request([10, 2, 4]), ignore);
    const counts = (of: ArrayLike<number>) =>
      [0, 1, 2].map((c) => Array.from(of).filter((x) => x === c).length);
    expect(counts(data.test.labels)).toEqual([2, 1, 1]);
    expect(counts(data.train.labels)).toEqual([8, 1, 3]);
    const again = await loadData(request([10, 2, 4]), ignore);
    expect(again.test.images).toEqual(data.test.images);
    // Each picture is in one of both.
    const first = (of: Uint8Array) => Array.from({ length: of.length / 360 }, (_, i) => of[360 * i]!);
    const all = [...first(data.train.images), ...first(data.test.images)].sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 16 }, (_, i) => 10 * i));
    expect(data.mean).toHaveLength(3);
  });

  test("are trained on", async () => {
    const settings = quickSettings({ resize: 16, epochs: 1, batchSize: 8 });
    const session = await openSample([settings], { data: request([6, 6]) });
    expect(await session.train(ignore)).toBe("ended");
    expect((await session.look(0)).watched).toHaveLength(2);
  });

  test.each([
    [[5], /expected at least two classes, got 1/],
    [
      [5, 1],
      /expected at least two pictures of kind 1, one to learn from and one to test on, got 1; add some/,
    ],
  ])("of %j are refused", async (counts, message) => {
    await expect(loadData(request(counts), ignore)).rejects.toThrow(message);
  });
});
