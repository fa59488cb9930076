// Folders of pictures among several processes, in little memory, and with files that want to do harm.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { programOf } from "../../../test/program-of.js";
import { type ImageFolderOptions, imageFolder } from "../src/folder/index.js";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "folders-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Two classes of pictures of one colour each. */
const draw = async (name: string, count: number): Promise<string> => {
  const folder = join(root, name);
  for (const of of ["even", "odd"]) await mkdir(join(folder, of), { recursive: true });
  for (let n = 0; n < count; n++) {
    const background = { r: n % 256, g: (n * 7) % 256, b: n >> 8 };
    const picture = sharp({ create: { width: 40, height: 30, channels: 3, background } });
    await picture.png({ compressionLevel: 1 }).toFile(join(folder, n % 2 ? "odd" : "even", `${n}.png`));
  }
  return folder;
};

const program = await programOf(new URL("folder-child.ts", import.meta.url));
const start = (folder: string, options: ImageFolderOptions): ChildProcess => {
  const args = ["--expose-gc", program, folder, JSON.stringify(options)];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
};
const outcome = async (child: ChildProcess) => JSON.parse(await text(child.stdout!));

it("keeps the memory of a process bounded where images do not fit", async () => {
  // 160 images of 224x224 pixels are 24 MB.
  const folder = await draw("many", 160);
  const options = { size: 224, cache: false, processes: 1 } as const;
  const inMemory = await outcome(start(folder, options));
  expect(inMemory.streamed).toBe(false);
  for (const cache of [false, join(root, "many-cache")] as const) {
    const streamed = await outcome(start(folder, { ...options, cache, memory: 5e6 }));
    expect(streamed.streamed).toBe(true);
    expect([streamed.images, streamed.sha256]).toEqual([inMemory.images, inMemory.sha256]);
    // A batch of 16 is 2.4 MB, and messages from the decoder are copied.
    expect(streamed.grown).toBeLessThan(16e6);
  }
});

it("lets one of two processes decode, and the other take what it put into the cache", async () => {
  const folder = await draw("both", 120);
  const cache = join(root, "both-cache");
  const options = { size: 32, cache, processes: 1 };
  const outcomes = await Promise.all([start(folder, options), start(folder, options)].map(outcome));
  expect(outcomes[0]).toMatchObject({ images: outcomes[1].images, sha256: outcomes[1].sha256 });
  expect(outcomes.filter(({ decoded }) => decoded)).toHaveLength(1);
  const [key] = await readdir(cache);
  expect((await readdir(join(cache, key!))).toSorted()).toEqual(["entry.json", "images.bin"]);
});

it("fills a cache whose first process was killed", async () => {
  const folder = await draw("killed", 200);
  const cache = join(root, "killed-cache");
  const child = start(folder, { size: 64, cache, processes: 1 });
  const lockOf = async () => {
    const [key] = await readdir(cache).catch(() => []);
    return key === undefined ? undefined : join(cache, key, ".lock");
  };
  while (!existsSync((await lockOf()) ?? "")) await wait(10);
  child.kill("SIGKILL");
  await once(child, "exit");
  const lock = (await lockOf())!;
  const own = join(lock, "..");
  expect(existsSync(join(own, "entry.json"))).toBe(false);
  // What a process leaves that is killed while it writes.
  await writeFile(join(own, "images.bin.1.tmp"), "half");
  // As if the lock had been left long ago.
  await utimes(lock, 1, 1);
  const data = await imageFolder(folder, { size: 64, cache, processes: 1, onEvent: () => {} });
  expect(data.train.shape[0]).toBe(160);
  expect((await readdir(own)).toSorted()).toEqual(["entry.json", "images.bin"]);
});

/** Numbers that follow from a seed. */
const randomOf = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const formats = ["png", "jpeg", "webp", "gif", "avif", "tiff"] as const;

it("survives damaged files of every format: each is a picture or is named and counted", {
  timeout: 600_000,
}, async () => {
  const hostile = Number(process.env.HOSTILE_FILES ?? 60);
  const folder = await draw("hostile", 20);
  const random = randomOf(Number(process.env.HOSTILE_SEED ?? 1));
  const levels = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251);
  const raw = { raw: { width: 64, height: 64, channels: 3 as const } };
  const whole = await Promise.all(formats.map((format) => sharp(levels, raw).toFormat(format).toBuffer()));
  for (let n = 0; n < hostile; n++) {
    const file = Buffer.from(whole[n % formats.length]!);
    const from = random() < 0.5 ? 64 : file.length;
    for (let k = Math.floor(random() * 6); k > 0; k--)
      file[Math.floor(random() * from)] = Math.floor(random() * 256);
    const kept = random() < 0.5 ? file.length : Math.floor(random() * file.length);
    const extension = formats[Math.floor(random() * formats.length)]!;
    await writeFile(
      join(folder, n % 2 ? "odd" : "even", `hostile-${n}.${extension}`),
      file.subarray(0, kept),
    );
  }
  const options = { cache: false, size: 16, seconds: 10, onEvent: () => {} } as const;
  const data = await imageFolder(folder, { ...options, skipBad: true });
  const images = data.train.shape[0] + data.test.shape[0];
  const leftOut = data.folder?.leftOut ?? 0;
  expect(images + leftOut).toBe(20 + hostile);
  expect(images).toBeGreaterThanOrEqual(20);
  expect(leftOut).toBeGreaterThan(hostile / 4);
  await expect(imageFolder(folder, options)).rejects.toThrow(
    `got ${leftOut.toLocaleString("en-US")} of ${(20 + hostile).toLocaleString("en-US")} files that are none`,
  );
});
