// Tiles: the part of a product that a workgroup computes. The fastest tile depends on the shape and the GPU; results do not depend on the tile.

import type { MatrixUnit } from "./matrix-unit.js";

export interface Tile {
  /** Entries of the product. */
  rows: number;
  columns: number;
  /** Rows and columns of sums for each thread (each subgroup with a matrix unit), in vectors of four along the columns. */
  threadRows: number;
  threadColumns: number;
}

/**
 * Size along k of the block that a workgroup loads into its memory. It is the same for all tiles, so that all add as many zeros after the last term.
 * A matrix unit multiplies a block faster than the next one is loaded, so its blocks are twice as large.
 */
export const blockKOf = (unit?: MatrixUnit): number => (unit ? 32 : 16);

/** Rows and columns in workgroup memory are padded by this many 16-bit floats for a matrix unit, so that a matrix's rows are in different banks. */
export const UNIT_PADDING = 8;

const tile = (rows: number, columns: number, threadRows: number, threadColumns: number): Tile => ({
  rows,
  columns,
  threadRows,
  threadColumns,
});

/** Tiles without a matrix unit. Large tiles read less memory, small ones occupy more multiprocessors; many models have layers of 96 channels. */
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

/** The tile before measuring. It depends on the number of columns, because a narrow product would leave most of a square tile idle. */
export const defaultTile = (columns: number, unit?: MatrixUnit): Tile => {
  if (unit)
    return columns > 32 ? tile(64, 64, 32, 32) : columns > 16 ? tile(128, 32, 32, 16) : tile(128, 16, 32, 16);
  return columns > 32 ? tile(64, 64, 4, 4) : columns > 16 ? tile(128, 32, 4, 4) : tile(128, 16, 4, 4);
};

type Limits = Pick<
  GPUSupportedLimits,
  "maxComputeWorkgroupStorageSize" | "maxComputeInvocationsPerWorkgroup" | "maxComputeWorkgroupSizeX"
>;

/** Maximum ratio of padded entries to those of the tile with the fewest; tiles above it are not measured. */
const mostPadding = 1.25;
/** Tiles with fewer columns load the same rows repeatedly, so they are measured only for products that are this narrow. */
const minColumns = 32;

/** Bytes of workgroup memory: a block of each matrix, and the scratch memory for a matrix unit's sums. */
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
