// The rectangle of a product that a workgroup computes. Which one is fastest depends on the shape and on the GPU; the numbers do not depend on it.

export interface Tile {
  /** Entries of the product. */
  rows: number;
  columns: number;
  /** The entries that each thread sums, in vectors of four along the columns. */
  down: 4 | 8;
  across: 4 | 8;
}

/** Terms that a workgroup brings into its memory at once: the same for each tile, so that each adds as many zeros behind the last term. */
export const STEP = 16;

const tile = (rows: number, columns: number, down: 4 | 8, across: 4 | 8): Tile => ({
  rows,
  columns,
  down,
  across,
});

/** Large ones read less, small ones leave no multiprocessor without work; 96 columns are those of many nets. */
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

export const threadsOf = ({ rows, columns, down, across }: Tile): number => (rows * columns) / down / across;

export const tileName = ({ rows, columns, down, across }: Tile): string =>
  `${rows}x${columns} by ${down}x${across}`;

/** Until something is measured: a narrow product would leave most of a square tile without work. */
export const defaultTile = (columns: number): Tile =>
  columns > 32 ? tile(64, 64, 4, 4) : columns > 16 ? tile(128, 32, 4, 4) : tile(128, 16, 4, 4);

type Limits = Pick<
  GPUSupportedLimits,
  "maxComputeWorkgroupStorageSize" | "maxComputeInvocationsPerWorkgroup" | "maxComputeWorkgroupSizeX"
>;

/** More entries beside the product than this, to those of the tile that has the fewest, and a tile cannot be the fastest. */
const mostPadding = 1.25;
/** A narrower tile brings the same rows in over and over, unless the product itself is as narrow. */
const narrowest = 32;

export const fits = (tile: Tile, limits: Limits): boolean =>
  threadsOf(tile) <= Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX) &&
  (tile.rows + tile.columns) * STEP * Float32Array.BYTES_PER_ELEMENT <= limits.maxComputeWorkgroupStorageSize;

/** The tiles that are worth measuring for a product on a device. */
export const candidates = (rows: number, columns: number, limits: Limits): Tile[] => {
  const entries = (tile: Tile) =>
    Math.ceil(rows / tile.rows) * tile.rows * Math.ceil(columns / tile.columns) * tile.columns;
  const possible = tiles.filter((tile) => fits(tile, limits) && tile.columns >= Math.min(narrowest, columns));
  const fewest = Math.min(...possible.map(entries));
  return possible.filter((tile) => entries(tile) <= mostPadding * fewest);
};
