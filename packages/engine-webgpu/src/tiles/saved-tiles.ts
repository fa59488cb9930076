// Saves the fastest tiles across processes, for each adapter and driver.
import { type Tile, tileName, tiles, unitTiles } from "../wgsl/tile.js";

/** Storage of a text. Neither function throws: what cannot be read or written is measured again. */
export interface TextStore {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

interface Choice {
  /** A hash of the product's shader, because the fastest tile may differ between versions of this package. */
  shader: string;
  tile: string;
}
type Choices = Record<string, Record<string, Choice>>;

export class SavedTiles {
  readonly #store: TextStore;
  readonly #adapter: string;
  #choices: Record<string, Choice> = {};

  private constructor(store: TextStore, adapter: string) {
    this.#store = store;
    this.#adapter = adapter;
  }

  static async open(
    store: TextStore,
    { vendor, architecture, device, description }: GPUAdapterInfo,
  ): Promise<SavedTiles> {
    const saved = new SavedTiles(store, [vendor, architecture, device, description].join(" | "));
    saved.#choices = (await saved.#all())[saved.#adapter] ?? {};
    return saved;
  }

  get(product: string, shader: string): Tile | undefined {
    const choice = this.#choices[product];
    if (choice?.shader !== hash(shader)) return undefined;
    return [...tiles, ...unitTiles].find((tile) => tileName(tile) === choice.tile);
  }

  set(product: string, shader: string, tile: Tile): void {
    this.#choices[product] = { shader: hash(shader), tile: tileName(tile) };
  }

  /** Writes all choices, together with those that other processes have written meanwhile. */
  async save(): Promise<void> {
    const all = await this.#all();
    this.#choices = { ...all[this.#adapter], ...this.#choices };
    await this.#store.write(`${JSON.stringify({ ...all, [this.#adapter]: this.#choices }, null, 1)}\n`);
  }

  /** The saved choices; empty if the text is invalid. `get` checks each entry that it uses. */
  async #all(): Promise<Choices> {
    try {
      const all: unknown = JSON.parse((await this.#store.read()) ?? "{}");
      return isObject(all) && Object.values(all).every(isObject) ? (all as Choices) : {};
    } catch {
      return {};
    }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The FNV-1a hash of a text. */
const hash = (text: string): string => {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  return (bits >>> 0).toString(16);
};
