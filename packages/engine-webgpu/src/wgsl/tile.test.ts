import { expect, test } from "vitest";
import { splitKFor } from "./gemm.js";
import { candidates, defaultTile, fits, tileName, tiles, unitTiles } from "./tile.js";

/** Limits of WebGPU's defaults, and of most GPUs. */
const [least, usual] = [16_384, 49_152].map((maxComputeWorkgroupStorageSize) => ({
  maxComputeWorkgroupStorageSize,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
})) as [Parameters<typeof fits>[1], Parameters<typeof fits>[1]];

test("each tile fits most GPUs, and the default tiles fit all", () => {
  expect(tiles.filter((tile) => !fits(tile, usual))).toEqual([]);
  expect([8, 32, 512].map((columns) => defaultTile(columns)).filter((tile) => !fits(tile, least))).toEqual(
    [],
  );
});

test.each([8, 16])(
  "each tile for a matrix unit of side %d fits most GPUs and consists of whole matrices",
  (side) => {
    const unit = { rows: side, columns: side, depth: side, threads: 32 };
    const all = [...unitTiles, ...[8, 32, 512].map((columns) => defaultTile(columns, unit))];
    expect(all.filter((tile) => !fits(tile, usual, unit))).toEqual([]);
    for (const { rows, columns, threadRows, threadColumns } of all)
      expect([rows % threadRows, columns % threadColumns, threadRows % side, threadColumns % side]).toEqual([
        0, 0, 0, 0,
      ]);
    expect(candidates(46_656, 96, usual, unit).map(tileName)).toContain("128x96 by 32x48");
  },
);

test("each tile consists of whole vectors for each thread", () => {
  for (const { rows, columns, threadRows, threadColumns } of tiles)
    expect([rows % threadRows, columns % threadColumns]).toEqual([0, 0]);
});

test.each([
  ["wide, as 96 columns are", 46_656, 96, ["128x96 by 8x8", "128x32 by 8x4", "64x96 by 8x4"]],
  ["narrow", 100_000, 10, ["128x16 by 4x4", "256x16 by 8x4"]],
  ["small", 25, 20, ["32x32 by 4x4"]],
])("the tiles measured for a product that is %s have little padding", (_, rows, columns, names) => {
  const found = candidates(rows, columns, usual).map(tileName);
  expect(found).toEqual(expect.arrayContaining(names));
  if (columns > 32) expect(found).not.toContain("128x128 by 8x8");
  if (columns > 32) expect(found).not.toContain("128x16 by 4x4");
});

test("a sum is split where there are few entries and many terms, and no split is empty", () => {
  expect(splitKFor(46_656, 96, 2400)).toBe(1);
  expect(splitKFor(96, 96, 46_656)).toBe(183);
  expect(splitKFor(9, 8, 300)).toBe(2);
  expect(splitKFor(9, 8, 200)).toBe(1);
});
