// A Session that computes nothing: it records what it was asked, and trains until it is paused.
import type { Look, NetworkFacts, Opened, OpenRequest, Progress, Session } from "../src/session/session.js";

const facts = (name: string): NetworkFacts => ({
  net: { name, inputShape: [28, 28, 1], layers: [] },
  parameters: 100,
  multiplyAdds: 1000,
  trainingBytes: 10_000,
});

export interface FakeSession extends Session {
  opens: OpenRequest[];
  calls: string[];
  /** Lets an opening fail: gets the request, gives what is thrown. */
  failOpen: (request: OpenRequest) => Error | undefined;
  /** What a step sends; it can throw. */
  atStep: (step: number, network: number) => Progress;
  /** The step after which training has ended. */
  lastStep: number;
}

const stepEvent = (step: number, network: number): Progress => ({
  network,
  type: "step",
  epoch: 1,
  step,
  stepInEpoch: step,
  loss: 2 / step,
  trainAccuracy: 0.5,
  examplesPerSecond: 100,
  learningRate: 0.1,
});

export const fakeSession = (): FakeSession => {
  let pausing = false;
  let step = 0;
  let running: Promise<unknown> | undefined;
  let count = 1;
  const rounds = async (most: number, onProgress: (progress: Progress) => void) => {
    pausing = false;
    for (let i = 0; i < most && !pausing && step < fake.lastStep; i++) {
      step++;
      for (let network = 0; network < count; network++) onProgress(fake.atStep(step, network));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return step < fake.lastStep ? ("paused" as const) : ("ended" as const);
  };
  const start = (most: number, onProgress: (progress: Progress) => void) => {
    const work = rounds(most, onProgress);
    running = work.catch(() => {});
    return work;
  };
  const fake: FakeSession = {
    opens: [],
    calls: [],
    failOpen: () => undefined,
    atStep: stepEvent,
    lastStep: Number.POSITIVE_INFINITY,
    open: async (request): Promise<Opened> => {
      fake.opens.push(request);
      const error = fake.failOpen(request);
      if (error) throw error;
      step = 0;
      count = request.networks.length;
      return {
        engine: { name: "wasm", device: "1 thread" },
        data: {
          name: "synthetic",
          classes: ["a", "b"],
          shape: [28, 28, 1],
          mean: [0],
          std: [1],
          train: 100,
          test: 4,
        },
        networks: request.networks.map(({ model }) => facts(model)),
        stepsPerEpoch: request.networks.map(() => 10),
      };
    },
    describe: async ({ model, resize }) => {
      if (resize < 20) throw new Error("describe: expected larger images, got small ones");
      return facts(model);
    },
    train: (onProgress) => start(Number.POSITIVE_INFINITY, onProgress),
    pause: async () => {
      pausing = true;
      await running;
    },
    step: (onProgress) => start(1, onProgress),
    reset: async () => {
      fake.calls.push("reset");
      step = 0;
    },
    watch: async (indices) => {
      fake.calls.push(`watch ${indices.join(",")}`);
    },
    look: async (network): Promise<Look> => ({
      network,
      step,
      watched: [],
      filters: { inputs: 1, outputs: 0, grids: [] },
      activity: [],
      sizes: [],
    }),
    images: async (indices) => ({
      pixels: new Uint8Array(784 * indices.length),
      labels: indices.map((i) => (i < 2 ? 0 : 1)),
    }),
    classify: async () => ({ probabilities: [0.5, 0.5], logits: [0, 0] }),
    layers: async () => [],
    pixelAsSample: async () => undefined,
    save: async () => [],
    load: async () => {
      fake.calls.push("load");
      return [];
    },
  };
  return fake;
};
