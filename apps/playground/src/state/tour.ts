// The guided tour: what each step sets, so that a point of the chapter is seen within a short training. Its words are in the page's texts.
import type { Networks, PageState, View } from "./page-state.js";
import type { NetworkChoice } from "./recipes.js";
import type { Changes } from "./rows.js";

export type TourStepName = "pixels" | "parameters" | "maps" | "lottery" | "identity" | "depth";

export interface TourStep {
  name: TourStepName;
  networks: Networks;
  view: View;
}

/** A third of the channels, on images of 28 pixels: an epoch takes seconds. */
const narrow: Changes = { optimizer: "adamw", learningRate: 0.004, batchSize: 16, epochs: 1, limit: 4000 };
const narrowNin: NetworkChoice = { model: "ninMnist", preset: "quick", changes: narrow };

/** NiN and AlexNet of full width at nearly their smallest image size, in 150 small steps. */
const small: Changes = { learningRate: 0.0003, batchSize: 16, warmup: 0.1, limit: 2400 };
const nin = (changes: Changes): NetworkChoice => ({
  model: "nin",
  preset: "quick",
  changes: { ...small, ...changes },
});

/** The chapter's optimizer and learning rate, its ReLU behind the last convolution too; what else is changed lets some seeds learn soon. */
const lottery = (seed: number): NetworkChoice => ({
  model: "ninMnist",
  preset: "d2l",
  changes: {
    ...{ "net.ratio": 3, "net.init.weights": "he", normalize: true },
    ...{ learningRate: 0.1, epochs: 2, batchSize: 16, limit: 4800, seed },
  },
});

/** The steps. Their settings were tried on the share of Fashion-MNIST that the static site has. */
export const tourSteps: readonly TourStep[] = [
  { name: "pixels", networks: [narrowNin], view: "train" },
  {
    name: "parameters",
    networks: [
      nin({}),
      {
        model: "alexnet",
        preset: "quick",
        changes: { ...small, optimizer: "adamw", resize: 72 },
      },
    ],
    view: "train",
  },
  { name: "maps", networks: [narrowNin], view: "train" },
  { name: "lottery", networks: [lottery(9), lottery(8), lottery(2)], view: "train" },
  { name: "identity", networks: [nin({ "net.init.weights": "he" }), nin({})], view: "train" },
  {
    name: "depth",
    networks: [
      nin({ "net.init.weights": "he", "net.pointwise": 0 }),
      nin({ "net.init.weights": "he", "net.pointwise": 1 }),
      nin({ "net.init.weights": "he" }),
    ],
    view: "train",
  },
];

/** A state with a step's networks and view, and all else as it was; 0 is no tour, and changes nothing else. */
export const atTourStep = (state: PageState, tour: number): PageState => {
  const step = tourSteps[tour - 1];
  return step ? { ...state, tour, networks: step.networks, view: step.view } : { ...state, tour: 0 };
};
