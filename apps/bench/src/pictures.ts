// `bench pictures`: how fast images come from a folder of JPEG files, decoded for each batch, read from the cache for each batch, and from memory, beside how fast NiN trains on them.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loader } from "@mlpconv/datasets";
import { imageFolder } from "@mlpconv/datasets/folder";
import { tf, useEngine } from "@mlpconv/tensor";
import sharp from "sharp";
import { type LoaderBenchOptions, trainingSpeed } from "./loader.js";
import { writeResults } from "./results.js";

/** Side of the pictures, as photographs for training usually have it. */
const pictureSide = 256;

/** Smooth noise, which takes as long to decode as photographs do. */
const draw = async (folder: string, count: number): Promise<void> => {
  const channels = 3;
  for (let i = 0; i < count; i++) {
    const levels = Uint8Array.from(
      { length: 32 * 32 * channels },
      (_, k) => ((k + 7) * (i + 3) * 7919) % 251,
    );
    const path = join(folder, i % 2 ? "odd" : "even");
    await mkdir(path, { recursive: true });
    await sharp(levels, { raw: { width: 32, height: 32, channels } })
      .resize(pictureSide)
      .jpeg({ quality: 90 })
      .toFile(join(path, `${i}.jpg`));
  }
};

/** Seconds that the work takes, and what it gives. */
const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const began = performance.now();
  const value = await work();
  return [value, (performance.now() - began) / 1000];
};

export const benchPictures = async (options: LoaderBenchOptions): Promise<void> => {
  const engine = await useEngine(options.engine);
  const { size, batch, batches } = options;
  const folder = await mkdtemp(join(tmpdir(), "bench-pictures-"));
  try {
    const photos = join(folder, "photos");
    const cache = join(folder, "cache");
    const count = batch * (batches + 1);
    // A fifth is kept for testing.
    await draw(photos, Math.ceil(count / 0.8) + 2);
    const load = (memory?: number) =>
      imageFolder(photos, { size, cache, ...(memory !== undefined && { memory }), onEvent: () => {} });
    const [decoded, secondsToDecode] = await timed(() => load());
    const [, secondsFromCache] = await timed(() => load());
    const streamed = await load(0);
    const undecoded = await imageFolder(photos, { size, cache: false, memory: 0, onEvent: () => {} });
    const speeds = [];
    for (const { train } of [undecoded, streamed, decoded]) {
      // From the first batch on: until then, processes start.
      let began: number | undefined;
      for await (const { x, y } of loader(train, { batchSize: batch, shuffle: true, limit: count })) {
        await x.data();
        tf.dispose([x, y]);
        began ??= performance.now();
      }
      const seconds = (performance.now() - began!) / 1000;
      speeds.push((count - batch) / seconds);
    }
    const trained = await trainingSpeed(options);
    const [fromFiles, fromCache, fromMemory] = speeds as [number, number, number];
    const all = decoded.train.shape[0] + decoded.test.shape[0];
    const row = {
      case: `nin-${size}`,
      batch,
      engine: engine.name,
      pictureSide,
      decodedImagesPerSecond: all / secondsToDecode,
      cachedImagesPerSecond: all / secondsFromCache,
      decodedForEachBatchImagesPerSecond: fromFiles,
      streamedImagesPerSecond: fromCache,
      inMemoryImagesPerSecond: fromMemory,
      trainingImagesPerSecond: trained,
      decodedForEachBatchRatio: fromFiles / trained,
      streamedRatio: fromCache / trained,
      inMemoryRatio: fromMemory / trained,
    };
    console.log(
      `${row.case} batch ${batch} on ${engine.name}: decoded for each batch ${fromFiles.toFixed(0)} images/s, streamed from the cache ${fromCache.toFixed(0)}, in memory ${fromMemory.toFixed(0)} images/s, training ${trained.toFixed(1)} images/s, ratios ${row.decodedForEachBatchRatio.toFixed(1)}, ${row.streamedRatio.toFixed(1)} and ${row.inMemoryRatio.toFixed(1)}`,
    );
    console.log(`written to ${writeResults("pictures", engine.name, undefined, { rows: [row] })}`);
  } finally {
    await rm(folder, { recursive: true });
  }
};
