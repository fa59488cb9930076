// All that the reader chose. It is in the address, so that a link leads to the same page.
import type { EngineName } from "@mlpconv/tensor";
import type { NetworkChoice } from "./recipes.js";

/** Engines of browsers; "auto" takes webgpu where there is a GPU, else wasm. */
export const engines = ["auto", "webgpu", "wasm", "cpu"] as const satisfies readonly (EngineName | "auto")[];
export type EngineChoice = (typeof engines)[number];

export const languages = ["en", "zh"] as const;
export type Language = (typeof languages)[number];

export const colourSchemes = ["auto", "light", "dark"] as const;
export type ColourScheme = (typeof colourSchemes)[number];

export const views = ["train", "try", "files"] as const;
export type View = (typeof views)[number];

/** Where images come from. Own files are not part of an address; their choice alone is. */
export type DataChoice =
  | { source: "served" }
  | { source: "synthetic"; train: number; test: number }
  | { source: "pictures" }
  | { source: "dropped" }
  | { source: "url"; base: string };

export const sources = [
  "served",
  "synthetic",
  "pictures",
  "dropped",
  "url",
] as const satisfies readonly DataChoice["source"][];

/** Networks that train side by side. */
export const mostNetworks = 3;
/** Up to `mostNetworks`, which train in turns; those with one seed are given the same batches. */
export type Networks = readonly [NetworkChoice, ...NetworkChoice[]];

export interface PageState {
  data: DataChoice;
  engine: EngineChoice;
  networks: Networks;
  /** Indices of the test images whose class maps are shown; empty: the first of each class. */
  watched: readonly number[];
  language: Language;
  colours: ColourScheme;
  view: View;
  /** Step of the guided tour, from 1; 0: no tour. */
  tour: number;
}

/** Numbers of synthetic images, unless the reader says otherwise. */
export const syntheticExamples = { train: 2000, test: 500 } as const;

/**
 * The network that the page begins with: a narrow NiN, which a browser trains within a minute or two. AdamW learns from few steps, which is
 * what the page's share of a data set and synthetic images give.
 */
export const firstNetwork: NetworkChoice = {
  model: "ninMnist",
  preset: "quick",
  changes: { optimizer: "adamw", learningRate: 0.004, batchSize: 16, epochs: 3, limit: 10_000 },
};

/** The network that an address begins from which names anything of one. */
export const plainNetwork: NetworkChoice = { model: "ninMnist", preset: "quick", changes: {} };

export const firstState = (language: Language = "en"): PageState => ({
  data: { source: "served" },
  engine: "auto",
  networks: [firstNetwork],
  watched: [],
  language,
  colours: "auto",
  view: "train",
  tour: 0,
});
