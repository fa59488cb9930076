// The rectangle of a product that a workgroup computes. Which one is fastest depends on the shape and on the GPU; the numbers do not depend on it.

import type { MatrixUnit } from "./matrix-unit.js";

export interface Tile {
  /** Entries of the product. */
  rows: number;
  columns: number;
  /** Rows and columns that each thread sums, in vectors of four along the columns; with a matrix unit, each subgroup. */
  threadRows: number;
  threadColumns: number;
}

/**
 * Size along k of the block that a workgroup loads into its memory: the same for each tile, so that each adds as many zeros after the last term. A matrix
 * unit multiplies a block faster than the next one is loaded, so its blocks are twice as large.
 */
export const blockKOf = (unit?: MatrixUnit): number => (unit ? 32 : 16);

/** A matrix unit's rows and columns in workgroup memory are padded by this many 16-bit floats, so that the rows of a matrix lie in different banks. */
export const UNIT_PADDING = 8;

const tile = (rows: number, columns: number, threadRows: number, threadColumns: number): Tile => ({
  rows,
  columns,
  threadRows,
  threadColumns,
});

/** Large tiles read less memory, small ones occupy more multiprocessors; many nets have layers of 96 channels. */
export const tiles: readonly Tile[] = [
  tile(128, 128, 8, 8),
  tile(128, 96, 8, 8),
  tile(128, 64, 8, 8),
  tile(128, 64, 8, 4),
  tile(128, 32, 8, 4),
  tile(128, 32, 4, 4),
  tile(128, 16, 4, 4),
  tile(256, 16, 8, 4),
  tile(64, 128, 8, 8),
  tile(64, 96, 8, 4),
  tile(64, 64, 8, 4),
  tile(64, 64, 4, 4),
  tile(32, 128, 4, 8),
  tile(32, 64, 4, 4),
  tile(32, 32, 4, 4),
  tile(16, 64, 4, 4),
];

/** Tiles for matrix units, whose sides are 8 or 16. */
export const unitTiles: readonly Tile[] = [
  tile(128, 128, 64, 32),
  tile(128, 128, 64, 64),
  tile(128, 96, 32, 48),
  tile(128, 64, 32, 32),
  tile(128, 32, 32, 16),
  tile(128, 16, 32, 16),
  tile(64, 128, 32, 32),
  tile(64, 96, 32, 48),
  tile(64, 64, 32, 32),
];

export const threadsOf = ({ rows, columns, threadRows, threadColumns }: Tile, unit?: MatrixUnit): number =>
  ((rows * columns) / threadRows / threadColumns) * (unit?.threads ?? 1);

export const tileName = ({ rows, columns, threadRows, threadColumns }: Tile): string =>
  `${rows}x${columns} by ${threadRows}x${threadColumns}`;

/** The tile that is used until one is measured. It depends on the columns, because a narrow product would leave most of a square tile idle. */
export const defaultTile = (columns: number, unit?: MatrixUnit): Tile => {
  if (unit)
    return columns > 32 ? tile(64, 64, 32, 32) : columns > 16 ? tile(128, 32, 32, 16) : tile(128, 16, 32, 16);
  return columns > 32 ? tile(64, 64, 4, 4) : columns > 16 ? tile(128, 32, 4, 4) : tile(128, 16, 4, 4);
};

type Limits = Pick<
  GPUSupportedLimits,
  "maxComputeWorkgroupStorageSize" | "maxComputeInvocationsPerWorkgroup" | "maxComputeWorkgroupSizeX"
>;

/** Padded entries, in relation to those of the tile that has the fewest, above which a tile is not measured. */
const mostPadding = 1.25;
/** Narrower tiles load the same rows again and again, so they are measured only for products as narrow. */
const minColumns = 32;

/** Bytes of workgroup memory: a block of each matrix, and the scratch memory of a matrix unit's sums. */
const bytesOf = (tile: Tile, unit: MatrixUnit | undefined): number => {
  const side = tile.rows + tile.columns;
  if (!unit) return side * blockKOf() * Float32Array.BYTES_PER_ELEMENT;
  const sums = threadsOf(tile) * unit.rows * unit.columns;
  const numbers = (side + 2 * UNIT_PADDING) * blockKOf(unit);
  return numbers * Uint16Array.BYTES_PER_ELEMENT + sums * Float32Array.BYTES_PER_ELEMENT;
};

export const fits = (tile: Tile, limits: Limits, unit?: MatrixUnit): boolean =>
  threadsOf(tile, unit) <=
    Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX) &&
  bytesOf(tile, unit) <= limits.maxComputeWorkgroupStorageSize;

/** The tiles that are worth measuring for a product on a device. */
export const candidates = (rows: number, columns: number, limits: Limits, unit?: MatrixUnit): Tile[] => {
  const entries = (tile: Tile) =>
    Math.ceil(rows / tile.rows) * tile.rows * Math.ceil(columns / tile.columns) * tile.columns;
  const all = unit ? unitTiles : tiles;
  const possible = all.filter(
    (tile) => fits(tile, limits, unit) && tile.columns >= Math.min(minColumns, columns),
  );
  const fewest = Math.min(...possible.map(entries));
  return possible.filter((tile) => entries(tile) <= mostPadding * fewest);
};
