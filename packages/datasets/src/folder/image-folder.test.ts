import { rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { channelStatistics } from "../channel-statistics.js";
import type { AnySplit, LoadEvent } from "../dataset.js";
import { imagesAt } from "../images-at.js";
import { type ImageFolderOptions, imageFolder, openImageFolder } from "./image-folder.js";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "folder-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const seen = new Map<string, Buffer>();
/** A picture of one colour that follows from a number. */
const picture = async (n: number, format: "png" | "jpeg" = "png"): Promise<Buffer> => {
  const key = `${n} ${format}`;
  const background = { r: (n * 37) % 256, g: (n * 91) % 256, b: (n * 53) % 256 };
  const made =
    seen.get(key) ??
    (await sharp({ create: { width: 12, height: 8, channels: 3, background } })
      .toFormat(format)
      .toBuffer());
  seen.set(key, made);
  return made;
};

let folders = 0;
/** A new folder with these files: a number is a picture. */
const folderOf = async (files: Record<string, number | Uint8Array | string>): Promise<string> => {
  const folder = join(root, `photos-${folders++}`);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === "number" ? await picture(content) : content);
  }
  return folder;
};

const plain: ImageFolderOptions = { cache: false, size: 8, processes: 1, onEvent: () => {} };
const load = (folder: string, options: ImageFolderOptions = {}) =>
  imageFolder(folder, { ...plain, ...options });
const failure = (folder: string, options: ImageFolderOptions = {}) =>
  load(folder, options).then(
    () => "no error",
    ({ message }: Error) => message,
  );
const allOf = (split: AnySplit) => imagesAt(split, [...split.labels.keys()]);
const flat = async () =>
  folderOf(
    Object.fromEntries(
      ["cat", "dog"].flatMap((name, c) =>
        Array.from({ length: 10 }, (_, i) => [`${name}/${i}.png`, 10 * c + i]),
      ),
    ),
  );

describe("layouts", () => {
  it.each(["test", "validation"])("takes train with %s, nested folders too", async (test) => {
    const folder = await folderOf({
      "train/dog/1.png": 1,
      "train/cat/sub/deep/2.png": 2,
      "train/cat/3.png": 3,
      [`${test}/cat/4.png`]: 4,
      [`${test}/dog/5.png`]: 5,
      "README.md": "about these pictures",
      "train/.DS_Store": "",
    });
    const data = await load(folder);
    expect(data).toMatchObject({ classes: ["cat", "dog"], shape: [8, 8, 3], source: folder });
    expect([...data.train.labels]).toEqual([0, 1, 0]);
    expect([...data.test.labels]).toEqual([0, 1]);
    const levels = await allOf(data.train);
    const reds = [0, 1, 2].map((i) => levels[i * 192]);
    expect(reds[1]).toBe(37);
    expect(reds.toSorted((a, b) => a! - b!)).toEqual([37, 2 * 37, 3 * 37]);
    expect({ mean: data.mean, std: data.std }).toEqual(await channelStatistics(data.train));
  });

  it("keeps a share of each class for testing, chosen by names and seed alone", async () => {
    const folder = await flat();
    const data = await load(folder);
    expect([data.train.shape[0], data.test.shape[0]]).toEqual([16, 4]);
    expect([...data.test.labels]).toEqual([0, 0, 1, 1]);
    const again = await flat();
    // Other contents, made in another order.
    for (const name of (await readdir(join(again, "dog"))).toReversed())
      await writeFile(join(again, "dog", name), await picture(100 + Number.parseInt(name, 10)));
    const testFiles = async (data: Awaited<ReturnType<typeof load>>, base: number) => {
      const levels = await allOf(data.test);
      const reds = [2, 3].map((i) => levels[i * 192]!);
      return Array.from({ length: 10 }, (_, i) => i).filter((i) => reds.includes(((base + i) * 37) % 256));
    };
    expect(await testFiles(await load(again), 100)).toEqual(await testFiles(data, 10));
    expect((await load(folder, { seed: 1 })).sha256).not.toBe(data.sha256);
  });

  it("mixes the training images, so that the first of them have the classes' own shares", async () => {
    const names = Array.from({ length: 36 }, (_, i) => `${i < 8 ? "rare" : "usual"}/${i}`);
    const { train } = await load(await folderOf(Object.fromEntries(names.map((name, i) => [name, i]))), {
      testShare: 0.25,
    });
    const rare = (first: number) => train.labels.subarray(0, first).filter((label) => label === 0).length;
    expect([9, 18, 27].map(rare)).toEqual([2, 4, 6]);
  });

  it("names classes in Unicode's composed form and orders them by code units", async () => {
    const names = ["Zebra", "ape", "e\u0301cureuil", "猫", "собака"];
    const files = (form: "NFC" | "NFD") =>
      Object.fromEntries(
        names.flatMap((name, c) => [0, 1].map((i) => [`${name}/u\u0308${i}.png`.normalize(form), 2 * c + i])),
      );
    const [composed, decomposed] = [
      await load(await folderOf(files("NFC"))),
      await load(await folderOf(files("NFD"))),
    ];
    expect(composed.classes).toEqual(["Zebra", "ape", "\u00e9cureuil", "собака", "猫"]);
    expect(decomposed.classes).toEqual(composed.classes);
    expect(decomposed.sha256).toBe(composed.sha256);
  });

  it.each([
    ["no such folder", undefined, "expected a folder of images, got no such folder"],
    ["no classes", { "notes.txt": "" }, "expected a folder for each class, got no folders"],
    ["images alone", { "1.png": 1, "2.jpg": 2 }, "got no folders and 2 images"],
    [
      "names with control characters",
      { "cat/1.png": 1, "a\u001b[31m/1.png": 2, "b\n/1.png": 3 },
      "expected folders whose names have no line breaks and other control characters, got a\\u001b[31m, b\\u000a; rename them",
    ],
    ["one class", { "cat/1.png": 1, "cat/2.png": 2 }, "expected at least two classes, got one (cat)"],
    [
      "an empty class",
      { "cat/1.png": 1, "cat/2.png": 2, "dog/.keep": "" },
      "expected images of every class, got none of dog",
    ],
    [
      "one image",
      { "cat/1.png": 1, "dog/1.png": 1, "dog/2.png": 2 },
      "expected at least 2 images of each class",
    ],
    [
      "images beside the classes",
      { "cat/1.png": 1, "dog/1.png": 1, "lost.jpg": 2 },
      "expected images inside the folders of their classes alone, got 1 beside them (lost.jpg)",
    ],
    [
      "different classes",
      { "train/cat/1.png": 1, "train/dog/1.png": 2, "test/cat/1.png": 3, "test/cow/1.png": 4 },
      "expected the classes of train in test too, got none of dog in test, and cow in test and not in train",
    ],
    [
      "train alone",
      { "train/cat/1.png": 1 },
      "expected a folder test, val, valid or validation beside train, got none",
    ],
    [
      "IDX files",
      { "train-images-idx3-ubyte.gz": "", "cat/1.png": 1 },
      "expected folders of images, got IDX files (train-images-idx3-ubyte.gz)",
    ],
  ])("says what is wrong with %s", async (_, files, message) => {
    const folder = files ? await folderOf(files as Record<string, number>) : join(root, "nowhere");
    expect(await failure(folder)).toContain(`${folder}`);
    expect(await failure(folder)).toContain(message);
  });

  it("tells classes and name before a picture is read", async () => {
    const folder = await folderOf({
      "cat/1.png": "no picture",
      "cat/2.png": 2,
      "dog/1.png": 1,
      "dog/2.png": 2,
    });
    const { name, classes, separated } = await openImageFolder(folder);
    expect({ name, classes, separated }).toEqual({
      name: folder.split("/").at(-1),
      classes: ["cat", "dog"],
      separated: false,
    });
  });
});

describe("decoding", () => {
  const gradient = sharp(
    Uint8Array.from({ length: 40 * 20 * 3 }, (_, i) => (Math.floor(i / 3) % 40) * 6),
    { raw: { width: 40, height: 20, channels: 3 } },
  );
  const one = async (bytes: Uint8Array, options: ImageFolderOptions = {}) => {
    const files = { "train/a/1": bytes, "train/b/1": 1, "test/a/1": 2, "test/b/1": 3 };
    const { train } = await load(await folderOf(files), options);
    return imagesAt(train, [0]);
  };

  it("reads PNG, JPEG, WebP, GIF, AVIF and TIFF, independent of the files' names", async () => {
    const files: Record<string, number | Uint8Array> = { "train/b/1": 1, "test/a/1": 2, "test/b/1": 3 };
    for (const format of ["png", "jpeg", "webp", "gif", "avif", "tiff"] as const)
      files[`train/a/${format}.txt`] = await gradient.clone().toFormat(format, { quality: 95 }).toBuffer();
    const { train } = await load(await folderOf(files), { fit: "squeeze" });
    const ofClass = [...train.labels.keys()].filter((i) => train.labels[i] === 0);
    expect(ofClass).toHaveLength(6);
    for (const i of ofClass) {
      const levels = await imagesAt(train, [i]);
      const middle = [...levels.subarray(4 * 24, 5 * 24)].filter((_, c) => c % 3 === 0);
      for (const [x, level] of middle.entries()) expect(Math.abs(level - (x * 30 + 12))).toBeLessThan(9);
    }
  });

  it("turns a photograph as its camera was held", async () => {
    const held = await gradient.clone().withMetadata({ orientation: 6 }).png().toBuffer();
    const levels = await one(held, { fit: "squeeze" });
    // What went from left to right goes from top to bottom.
    expect(levels[0]).toBeLessThan(30);
    expect(levels[7 * 24]).toBeGreaterThan(200);
    expect(Math.abs(levels[0]! - levels[21]!)).toBeLessThan(3);
  });

  it("squeezes, crops to the middle, or pads with the colour behind", async () => {
    const png = await gradient.clone().png().toBuffer();
    const row = async (options: ImageFolderOptions, y: number) =>
      [...(await one(png, options)).subarray(y * 24, y * 24 + 24)].filter((_, i) => i % 3 === 0);
    const squeezed = await row({ fit: "squeeze" }, 0);
    const cropped = await row({}, 0);
    expect(squeezed[0]).toBeLessThan(20);
    expect(cropped[0]).toBeGreaterThan(55);
    expect(cropped[7]).toBeLessThan(185);
    expect(await row({ fit: "pad" }, 0)).toEqual(new Array(8).fill(255));
    expect(await row({ fit: "pad", behind: "black" }, 7)).toEqual(new Array(8).fill(0));
    expect(await row({ fit: "pad" }, 4)).toEqual(squeezed);
  });

  it("shows the colour behind what is transparent, and gives grey images one channel", async () => {
    const clear = await sharp({
      create: { width: 9, height: 9, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect([...(await one(clear)).subarray(0, 3)]).toEqual([255, 255, 255]);
    expect([...(await one(clear, { behind: "black" })).subarray(0, 3)]).toEqual([0, 0, 0]);
    const grey = await one(await picture(1), { channels: 1 });
    expect(grey).toHaveLength(64);
    // ITU-R 601 of (37, 91, 53).
    expect(grey[0]).toBe(71);
  });
});

describe("streaming and the cache", () => {
  const noisy = async () => {
    const files: Record<string, Uint8Array> = {};
    for (const part of ["train", "test"])
      for (const name of ["a", "b"])
        for (let i = 0; i < 6; i++) {
          const seed = files[`${part}/${name}/${i}.jpg`] ? 0 : Object.keys(files).length + 1;
          const raw = Uint8Array.from({ length: 90 * 60 * 3 }, (_, k) => (k * (k % 97) * seed * 31) % 256);
          files[`${part}/${name}/${i}.jpg`] = await sharp(raw, {
            raw: { width: 90, height: 60, channels: 3 },
          })
            .jpeg()
            .toBuffer();
        }
    return folderOf(files);
  };

  it("gives the same images, statistics and hash streamed, in memory, from the cache, and by any number of processes", async () => {
    const folder = await noisy();
    const cache = join(root, "cache-same");
    const loaded = [
      await load(folder, { cache }),
      await load(folder, { cache }),
      await load(folder, { memory: 1000 }),
      await load(folder, { memory: 1000, cache, processes: 1 }),
      await load(folder, { processes: 4 }),
      await load(folder, { memory: 1000, cache: join(root, "cache-streamed") }),
      await load(folder, { cache: join(root, "cache-streamed") }),
    ];
    expect(loaded.map(({ train }) => "read" in train)).toEqual([
      ...[false, false, true, true],
      ...[false, true, false],
    ]);
    const [first, ...others] = loaded;
    for (const data of others) {
      expect([data.mean, data.std, data.sha256]).toEqual([first!.mean, first!.std, first!.sha256]);
      for (const split of ["train", "test"] as const)
        expect(await allOf(data[split])).toEqual(await allOf(first![split]));
    }
    expect({ mean: first!.mean, std: first!.std }).toEqual(await channelStatistics(first!.train));
  });

  it("decodes again what was damaged in the cache, and takes what is whole without decoding", async () => {
    const folder = await flat();
    const cache = join(root, "cache-damaged");
    const messages: string[] = [];
    const onEvent = ({ message }: LoadEvent) => messages.push(message);
    const decoded = async () => {
      messages.length = 0;
      const many = await load(folder, { cache, onEvent, size: 8 });
      return {
        images: await allOf(many.train),
        decoded: messages.some((message) => message.startsWith("decoding")),
      };
    };
    // Progress is reported for each 32nd file.
    for (let i = 10; i < 40; i++) await writeFile(join(folder, "cat", `${i}.png`), await picture(i + 40));
    const first = await decoded();
    expect(first.decoded).toBe(true);
    expect(await decoded()).toEqual({ images: first.images, decoded: false });
    const [key] = await readdir(cache);
    const images = join(cache, key!, "images.bin");
    await writeFile(images, Buffer.alloc((first.images.length / 40) * 50, 7));
    expect(await decoded()).toEqual(first);
    await truncate(images, 100);
    expect(await decoded()).toEqual(first);
    await writeFile(join(cache, key!, "entry.json"), "{");
    expect(await decoded()).toEqual(first);
    expect((await readdir(join(cache, key!))).toSorted()).toEqual(["entry.json", "images.bin"]);
  });

  it("removes what was used the longest time ago when the cache is full", async () => {
    const folder = await flat();
    const cache = join(root, "cache-full");
    // 20 images of 192 bytes, and entries of some hundred bytes.
    const cacheBytes = 11_000;
    await load(folder, { cache, cacheBytes });
    const [oldest] = await readdir(cache);
    await utimes(join(cache, oldest!, "entry.json"), 1, 1);
    await load(folder, { cache, cacheBytes, fit: "pad" });
    expect(await readdir(cache)).toHaveLength(2);
    await load(folder, { cache, cacheBytes, fit: "squeeze" });
    const left = await readdir(cache);
    expect(left).toHaveLength(2);
    expect(left).not.toContain(oldest);
  });

  it.each(["a file", "/proc"])("works without a cache when the cache folder is below %s", async (where) => {
    if (where === "/proc" && process.platform !== "linux") return;
    const file = join(await folderOf({ file: "no folder" }), "file");
    const cache = join(where === "/proc" ? "/proc/mlpconv" : file, "cache");
    const events: LoadEvent[] = [];
    const data = await load(await flat(), { cache, onEvent: (event) => events.push(event) });
    expect(data.train.shape[0]).toBe(16);
    expect(events.filter(({ type }) => type === "warning").map(({ message }) => message)).toEqual([
      expect.stringContaining("the decoded images are not kept"),
    ]);
  });

  it("refuses a picture that is changed or removed while it is streamed", async () => {
    const folder = await flat();
    const { train } = await load(folder, { memory: 0 });
    await expect(imagesAt(train, [0])).resolves.toHaveLength(192);
    for (const name of await readdir(join(folder, "cat")))
      await writeFile(join(folder, "cat", name), await picture(77));
    await expect(imagesAt(train, [0])).rejects.toThrow(
      /expected the picture that was there at the start, got a file that was changed/,
    );
    await rename(join(folder, "cat"), join(folder, "gone"));
    await expect(imagesAt(train, [0])).rejects.toThrow(/got no such file/);
  });

  it("ends with the signal's reason", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const onEvent = () => stop.abort(reason);
    const files = Array.from({ length: 80 }, (_, i) => [`${i % 2 ? "a" : "b"}/${i}.png`, i]);
    await expect(
      load(await folderOf(Object.fromEntries(files)), { signal: stop.signal, onEvent }),
    ).rejects.toBe(reason);
  });
});

describe("bad files", () => {
  it("are named and counted, ten of them, and left out with skipBad", async () => {
    const folder = await flat();
    const whole = await picture(3);
    const jpeg = await picture(4, "jpeg");
    const files: Record<string, Uint8Array | string> = {
      "cat/empty.png": "",
      "cat/text.jpg": "not a picture",
      "dog/half.png": whole.subarray(0, whole.length >> 1),
      "dog/half.jpg": jpeg.subarray(0, jpeg.length - 20),
      "dog/page.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    };
    for (let i = 0; i < 8; i++) files[`cat/no-${i}.png`] = `${i}`;
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    const message = await failure(folder);
    expect(message).toContain(`${folder}: expected pictures alone, got 13 of 33 files that are none:\n`);
    expect(message).toContain(`${join(folder, "cat", "empty.png")}: an empty file\n`);
    expect(message.split("\n").filter((line) => line.startsWith(`  ${folder}`))).toHaveLength(10);
    expect(message).toContain("and 3 more\nFix: remove or replace them, or go on without them");
    const data = await load(folder, { skipBad: true });
    expect(data.train.shape[0] + data.test.shape[0]).toBe(20);
    expect(data.folder).toMatchObject({ leftOut: 13 });
    const streamed = await load(folder, { skipBad: true, memory: 0 });
    const cached = await load(folder, { skipBad: true, memory: 0, cache: join(root, "cache-bad") });
    for (const split of ["train", "test"] as const) {
      expect(await allOf(streamed[split])).toEqual(await allOf(data[split]));
      expect(await allOf(cached[split])).toEqual(await allOf(data[split]));
    }
  });

  it.skipIf(process.platform === "win32")(
    "may be pipes, links in circles, links to nothing, and pictures that claim too much",
    async () => {
      const folder = await flat();
      const { execFileSync } = await import("node:child_process");
      execFileSync("mkfifo", [join(folder, "cat", "pipe.png")]);
      await symlink("..", join(folder, "cat", "up"));
      await symlink(".", join(folder, "cat", "here"));
      await symlink("nowhere.png", join(folder, "dog", "nothing.png"));
      await symlink("loop.png", join(folder, "dog", "loop.png"));
      await symlink("/dev/zero", join(folder, "dog", "zero.png"));
      await symlink("1.png", join(folder, "dog", "same.png"));
      const claim = Buffer.from(await picture(3));
      claim.writeUInt32BE(100_000, 16);
      claim.writeUInt32BE(100_000, 20);
      await writeFile(join(folder, "dog", "claim.png"), claim);
      await writeFile(join(folder, "dog", `${"n".repeat(250)}.png`), await picture(200));
      const message = await failure(folder);
      for (const part of [
        "pipe.png: something that is no file",
        "up: a link to a folder above it",
        "here: a link to a folder above it",
        "nothing.png: a link that leads nowhere",
        "loop.png: links that lead to each other",
        "zero.png: something that is no file",
      ])
        expect(message).toContain(part);
      const data = await load(folder, { skipBad: true });
      const counts = [data.train, data.test].map(({ shape }) => shape[0]);
      // 20, the link to a picture, and the long name.
      expect(counts[0]! + counts[1]!).toBe(22);
    },
  );

  it("end the decoding of one file, not of the others, when they take too long", async () => {
    const folder = await flat();
    const raw = { width: 9900, height: 9900, channels: 3 } as const;
    const slow = await sharp({ create: { ...raw, background: "#123" } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    await writeFile(join(folder, "cat", "slow.png"), slow);
    const message = await failure(folder, { seconds: 0.03 });
    expect(message).toContain("slow.png: one that takes more than 0.03 s to decode");
  });

  it("a picture in both the training and the test part is a warning", async () => {
    const folder = await folderOf({
      "train/a/1.png": 1,
      "train/b/2.png": 2,
      "test/a/3.png": 3,
      "test/b/4.png": 2,
    });
    const events: LoadEvent[] = [];
    await load(folder, { onEvent: (event) => events.push(event) });
    expect(events.find(({ type }) => type === "warning")?.message).toContain(
      "1 test images are training images too: b/4.png is b/2.png",
    );
  });
});

describe("a file that changes while the folder is read", () => {
  it.each(["another picture", "text", "removed"])(
    "is an error that names it, also with skipBad: %s",
    async (how) => {
      // As many as a message tells of: it comes when all have been hashed, and none was decoded.
      const names = Array.from({ length: 32 }, (_, i) => `${i % 2 ? "cat" : "dog"}/${i}.png`);
      const folder = await folderOf(Object.fromEntries(names.map((name, i) => [name, i])));
      const other = await picture(99);
      const path = join(folder, "cat", "7.png");
      const cache = join(folder, "..", `${how}-cache`);
      const onEvent = ({ message }: LoadEvent) => {
        if (!message.startsWith("reading")) return;
        if (how === "removed") rmSync(path);
        else writeFileSync(path, how === "text" ? "text" : other);
      };
      expect(await failure(folder, { skipBad: true, cache, onEvent })).toBe(
        `${path}: expected a file that stays as it is while the folder is read, got one that was changed or removed; start again when nothing writes to the folder`,
      );
      // Nothing of it is kept: the folder as it was is whole.
      await writeFile(path, await picture(7));
      expect((await load(folder, { cache })).train.shape[0]).toBe(26);
    },
  );
});
