import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tiles } from "../wgsl/tile.js";
import { fileStore } from "./cache-file.js";
import { browserStore } from "./local-storage.js";
import { SavedTiles } from "./saved-tiles.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tiles-"));
});
afterAll(() => rm(folder, { recursive: true }));

const card = { vendor: "nvidia", architecture: "hopper", device: "", description: "H100" } as GPUAdapterInfo;
const [large, other] = [tiles[0]!, tiles[1]!];

test("choices are kept for each adapter, and for the shader that was measured", async () => {
  const store = fileStore(async () => join(folder, "new", "tiles.json"));
  const [one, two] = [await SavedTiles.open(store, card), await SavedTiles.open(store, card)];
  one.set("a product", "code", large);
  two.set("another", "code", other);
  await one.save();
  await two.save();
  const opened = await SavedTiles.open(store, card);
  expect(opened.get("a product", "code")).toBe(large);
  expect(opened.get("another", "code")).toBe(other);
  expect(opened.get("a product", "other code")).toBeUndefined();
  const update = await SavedTiles.open(store, { ...card, description: "H100, another driver" });
  expect(update.get("a product", "code")).toBeUndefined();
});

test.each([
  "",
  "{",
  "[]",
  "null",
  '{"nvidia | hopper |  | H100": 3}',
  '{"nvidia | hopper |  | H100": {"p": null}}',
])("a file with the invalid content %j is replaced", async (text) => {
  const file = join(folder, "broken.json");
  await writeFile(file, text);
  const saved = await SavedTiles.open(
    fileStore(async () => file),
    card,
  );
  expect(saved.get("p", "code")).toBeUndefined();
  saved.set("p", "code", large);
  await saved.save();
  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
    "nvidia | hopper |  | H100": { p: { tile: "128x128 by 8x8" } },
  });
});

test("a tile that this version does not have is ignored", async () => {
  const store = fileStore(async () => join(folder, "other.json"));
  const saved = await SavedTiles.open(store, card);
  saved.set("p", "code", { ...large, rows: 512 });
  await saved.save();
  expect((await SavedTiles.open(store, card)).get("p", "code")).toBeUndefined();
});

test("choices are kept in memory where the file cannot be written", async () => {
  for (const store of [
    fileStore(async () => join(folder, "broken.json", "below a file")),
    // No folder can be made there; on other systems than Linux the file is below a missing folder.
    fileStore(async () => "/proc/mlpconv/webgpu/tiles.json"),
    fileStore(() => Promise.reject(new Error("no home"))),
    browserStore,
  ]) {
    const saved = await SavedTiles.open(store, card);
    saved.set("p", "code", large);
    await saved.save();
    expect(saved.get("p", "code")).toBe(large);
  }
});

test.skipIf(process.platform === "win32")(
  "only the user can access the file, whatever the umask",
  async () => {
    const before = process.umask(0);
    try {
      await fileStore(async () => join(folder, "private", "webgpu", "tiles.json")).write("{}");
    } finally {
      process.umask(before);
    }
    const mode = async (...path: string[]) => (await stat(join(folder, "private", ...path))).mode & 0o777;
    expect([await mode(), await mode("webgpu"), await mode("webgpu", "tiles.json")]).toEqual([
      0o700, 0o700, 0o600,
    ]);
  },
);
