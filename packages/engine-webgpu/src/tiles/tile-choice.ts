// Chooses the tile of each product: a default at first, the fastest one after measuring.
import type { Program } from "../program.js";
import type { MatrixUnit } from "../wgsl/matrix-unit.js";
import { candidates, defaultTile, type Tile, tileName } from "../wgsl/tile.js";
import type { SavedTiles } from "./saved-tiles.js";
import { Stopwatch } from "./stopwatch.js";

export interface Product {
  /** Unique for the product's shape and epilogue. */
  name: string;
  rows: number;
  columns: number;
  /** The program for a tile; results do not depend on the tile. */
  program: (tile: Tile) => Program;
  /** Sizes of its storage bindings. */
  bytes: readonly number[];
  /** The matrix unit, if one is used. */
  unit?: MatrixUnit | undefined;
}

/** Measured time of a product with a tile. */
export interface TileTime {
  product: string;
  tile: string;
  nanoseconds: number;
}

interface Compiled {
  tile: Tile;
  program: Program;
  pipeline: GPUComputePipeline;
}

/** Nanoseconds below which a program is not tuned. */
const worthwhile = 20_000;
/** Milliseconds until an idle GPU has raised its clock; measurements before that are too slow. */
const raisingClock = 500;
/** Tiles within this factor of the best are measured again, in turn. */
const close = 1.15;
/** A tile whose first measurement is this many times slower than the best is not measured further. */
const clearlySlower = 2;

export class TileChoice {
  readonly #device: GPUDevice;
  readonly #saved: SavedTiles | undefined;
  readonly #programs = new Map<string, Program>();
  /** Products that use the default tile because no measurement exists. */
  readonly #unmeasured = new Map<string, Product>();
  #last: Promise<unknown> = Promise.resolve();
  /** All measurements, in order. */
  readonly measured: TileTime[] = [];

  constructor(device: GPUDevice, saved?: SavedTiles) {
    this.#device = device;
    this.#saved = saved;
  }

  programOf(product: Product): Program {
    const { name, columns, program, unit } = product;
    const kept = this.#programs.get(name);
    if (kept) return kept;
    const byDefault = program(defaultTile(columns, unit));
    const tile = this.#saved?.get(name, byDefault.code);
    const chosen = tile ? program(tile) : byDefault;
    if (!tile) this.#unmeasured.set(name, product);
    this.#programs.set(name, chosen);
    return chosen;
  }

  /**
   * Measures tiles for all recorded products that have no choice yet. Does nothing without GPU timestamps.
   *
   * @param keep receives the pipeline of each chosen program
   */
  tune(keep: (key: string, pipeline: GPUComputePipeline) => void): Promise<void> {
    // Calls run one at a time, because concurrent measurements would slow each other down.
    const tuned = this.#last.then(() => this.#tune(keep));
    this.#last = tuned.catch(() => {});
    return tuned;
  }

  async #tune(keep: (key: string, pipeline: GPUComputePipeline) => void): Promise<void> {
    const products = [...this.#unmeasured.values()];
    this.#unmeasured.clear();
    if (products.length === 0 || !this.#device.features.has("timestamp-query")) return;
    const stopwatch = await Stopwatch.for(this.#device, products);
    if (!stopwatch) return;
    // Compiled together, because drivers compile on several cores.
    const compiled = products.map((product) => this.#candidates(product));
    try {
      let warm = false;
      for (const [i, product] of products.entries()) {
        const tiles = await compiled[i]!;
        if (!warm) await raiseClock(stopwatch, product, tiles[0]);
        warm = true;
        const { tile, program, pipeline } = await this.#fastest(product, tiles, stopwatch);
        keep(program.key, pipeline);
        this.#programs.set(product.name, program);
        this.#saved?.set(
          product.name,
          product.program(defaultTile(product.columns, product.unit)).code,
          tile,
        );
      }
    } finally {
      stopwatch.free();
    }
    await this.#saved?.save();
  }

  /** The default tile, then the others that the driver can compile. */
  async #candidates({ rows, columns, program, unit }: Product): Promise<[Compiled, ...Compiled[]]> {
    const usual = defaultTile(columns, unit);
    const others = candidates(rows, columns, this.#device.limits, unit).filter(
      (tile) => tileName(tile) !== tileName(usual),
    );
    const compile = (tile: Tile) => this.#compile(tile, program(tile));
    const first = compile(usual);
    const rest = await Promise.allSettled(others.map(compile));
    return [await first, ...rest.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))];
  }

  async #fastest(
    product: Product,
    [usual, ...others]: [Compiled, ...Compiled[]],
    stopwatch: Stopwatch,
  ): Promise<Compiled> {
    const { bytes } = product;
    const time = async ({ tile, pipeline, program: { workgroups } }: Compiled, enough?: number) => {
      const nanoseconds = await stopwatch.time({ pipeline, workgroups, bytes }, enough);
      this.measured.push({ product: product.name, tile: tileName(tile), nanoseconds });
      return nanoseconds;
    };
    let least = await time(usual);
    if (least < worthwhile) return usual;
    const times = [{ one: usual, nanoseconds: least }];
    for (const one of others) {
      const nanoseconds = await time(one, clearlySlower * least);
      times.push({ one, nanoseconds });
      least = Math.min(least, nanoseconds);
    }
    const finalists = times.filter(({ nanoseconds }) => nanoseconds < close * least);
    for (const finalist of finalists) finalist.nanoseconds = await time(finalist.one);
    return finalists.reduce((a, b) => (b.nanoseconds < a.nanoseconds ? b : a)).one;
  }

  async #compile(tile: Tile, program: Program): Promise<Compiled> {
    const module = this.#device.createShaderModule({ code: program.code, label: program.key });
    const compute = { module, entryPoint: "main" };
    const pipeline = await this.#device.createComputePipelineAsync({
      label: program.key,
      layout: "auto",
      compute,
    });
    return { tile, program, pipeline };
  }
}

const raiseClock = async (
  stopwatch: Stopwatch,
  { bytes }: Product,
  { pipeline, program: { workgroups } }: Compiled,
): Promise<void> => {
  const end = performance.now() + raisingClock;
  do await stopwatch.time({ pipeline, workgroups, bytes });
  while (performance.now() < end);
};
