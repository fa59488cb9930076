// What the page asks of the Worker that trains. The Worker has the engine, the data and the networks; the page only draws.
import type { DatasetInfo } from "@mlpconv/datasets";
import type { NetDescription, RunSettings } from "@mlpconv/runs";
import type { EngineName } from "@mlpconv/tensor";
import type { EpochEvent, StepEvent } from "@mlpconv/trainer";

/** Data that the Worker can load. */
export type DataRequest =
  /** Garments drawn by code, at once. */
  | { source: "synthetic"; train: number; test: number }
  /** Files in IDX form below an address: the packed share of the static site, or all of Fashion-MNIST served by the program. */
  | { source: "files"; base: string }
  /** Files that the reader dropped, in IDX form, gzipped or not: training images and labels, test images and labels. */
  | { source: "dropped"; files: readonly File[] }
  /** Own pictures as pixels, all of one shape, with the names of their classes. */
  | {
      source: "pictures";
      classes: readonly string[];
      shape: DatasetInfo["shape"];
      images: Uint8Array;
      labels: Uint8Array;
    };

/** A network and how it is trained: the settings of a run, as in config.json. */
export type NetworkSettings = RunSettings;

/** What a network costs, before anything is trained. */
export interface NetworkFacts {
  /** Layers as a run's analysis describes them. */
  net: NetDescription;
  parameters: number;
  /** Multiply-adds for one image, forward. */
  multiplyAdds: number;
  /** Bytes that one training step needs at most, estimated: weights, gradients, optimiser and activations of a batch. */
  trainingBytes: number;
}

/** The engine that trains. */
interface EngineFacts {
  name: EngineName;
  /** The device in words, with the number of threads or why there is one. */
  device: string;
}

/** What `open` opens. */
export interface OpenRequest {
  /** "auto": webgpu where there is a GPU, else wasm. */
  engine: EngineName | "auto";
  /** Default: the data of before. */
  data?: DataRequest;
  networks: readonly NetworkSettings[];
}

/** How much of a data set's files has come. */
export interface LoadingProgress {
  bytes: number;
  /** All bytes, where the server says how many they are. */
  total?: number;
}

/** What `open` found. */
export interface Opened {
  engine: EngineFacts;
  data: DatasetInfo & { train: number; test: number };
  networks: readonly NetworkFacts[];
  stepsPerEpoch: readonly number[];
}

/** How far training is: sent after each step of each network. */
export type Progress =
  | ({ network: number } & StepEvent)
  | ({
      network: number /** Share of each class classified right, by class. */;
      classAccuracies: readonly number[];
    } & EpochEvent)
  | { network: number; type: "end" }
  /** Training cannot go on; the networks stay as they are. */
  | { network: number; type: "error"; message: string };

/** The state of training. */
export type TrainingState = "paused" | "training" | "ended";

/** A grid of numbers, row by row. */
export interface Grid {
  width: number;
  height: number;
  values: Float32Array;
}

/** What a network makes of one image. */
export interface Answer {
  /** Softmax of the logits, by class. */
  probabilities: readonly number[];
  logits: readonly number[];
  /** One map for each class, whose mean is the class's logit; absent for networks that do not end in global average pooling. */
  classMaps?: readonly Grid[];
}

/** A look at a network in training. Everything is copied, so that it stays as it was at that step. */
export interface Look {
  network: number;
  step: number;
  /** Answers for the watched test images, in their order. */
  watched: readonly Answer[];
  /** Filters of the first convolution, [out][in] in that order: one grid for each pair. */
  filters: { inputs: number; outputs: number; grids: readonly Grid[] };
  /** Activity of each layer with a ReLU: its name, and by channel the share of the looked-at images on which it is not zero everywhere. A channel with 0 is dead. */
  activity: readonly { layer: string; alive: Float32Array }[];
  /** Sizes for each layer with weights: root mean square of weights, of their gradient on a fixed batch of training images, and of the last update. NaN: not known, see `look`. */
  sizes: readonly { layer: string; weights: number; gradient: number; update: number }[];
}

/** What one layer gives for one image. */
export interface LayerOutput {
  layer: string;
  /** Channels as grids; a dense layer has one grid of one row. At most 64. */
  channels: readonly Grid[];
  /** Number of channels of the layer. */
  of: number;
}

/** The first 1x1 convolution at one pixel, and a dense layer with the same weights on the pixel's channels. */
export interface PixelAsSample {
  /** Name of the convolution. */
  layer: string;
  /** Pixels of what the convolution is given, and the column and row that was looked at. */
  grid: { width: number; height: number };
  at: readonly [column: number, row: number];
  /** The channels that the convolution is given there. */
  inputs: readonly number[];
  /** What the dense layer makes of them. */
  dense: readonly number[];
  /** What the convolution gives there. */
  convolution: readonly number[];
}

/** Formats in which weights can be saved. */
export type SaveFormat = "safetensors" | "onnx" | "tfjs";

/** A file to save. */
export interface SavedFile {
  name: string;
  bytes: Uint8Array;
}

/** The Worker, as the page calls it through comlink. Each method rejects with an Error whose message reads `where: expected X, got Y`, then the fix. */
export interface Session {
  /**
   * Opens engine, data and networks, disposing those of before. Networks of one session train in turns on the same batches.
   *
   * @param request without data, those of before are kept
   * @param onLoading told how much of the files has come
   */
  open(request: OpenRequest, onLoading?: (progress: LoadingProgress) => void): Promise<Opened>;
  /** Costs of a network without opening it: as the reader edits. */
  describe(settings: NetworkSettings, data: Pick<DatasetInfo, "shape" | "classes">): Promise<NetworkFacts>;
  /** Starts or continues training; resolves when training pauses, ends or fails. */
  train(onProgress: (progress: Progress) => void): Promise<TrainingState>;
  /** Pauses after the running step. */
  pause(): Promise<void>;
  /** Trains one step of each network. */
  step(onProgress: (progress: Progress) => void): Promise<TrainingState>;
  /** Pauses; then networks, optimisers and position are as at the beginning. */
  reset(): Promise<void>;
  /** Which test images `look` answers for. Default: the first of each class. */
  watch(indices: readonly number[]): Promise<void>;
  /** Looks at a network between two steps. The size of the last update is known if somebody looked within the last 256 steps. */
  look(network: number): Promise<Look>;
  /** Test images as pixels 0-255. */
  images(indices: readonly number[]): Promise<{ pixels: Uint8Array; labels: readonly number[] }>;
  /** @param pixels 0-255, in the data's shape */
  classify(network: number, pixels: Uint8Array): Promise<Answer>;
  /** What each layer gives for an image. */
  layers(network: number, pixels: Uint8Array): Promise<readonly LayerOutput[]>;
  /**
   * The first 1x1 convolution as a dense layer on one pixel; undefined for networks without one.
   *
   * @param at place of the pixel as shares of the image's width and height, 0 to below 1
   */
  pixelAsSample(
    network: number,
    pixels: Uint8Array,
    at: readonly [x: number, y: number],
  ): Promise<PixelAsSample | undefined>;
  /** Files of the network as it is now; the same as `mlpconv export` writes. */
  save(network: number, format: SaveFormat): Promise<readonly SavedFile[]>;
  /**
   * Pauses, and puts weights of a safetensors file into a network: of this page, of a run, or of PyTorch. Training begins anew from them. Weights for other classes
   * are loaded into all layers but the last ones.
   *
   * @returns names of the layers that stay as they are
   */
  load(network: number, safetensors: Uint8Array): Promise<readonly string[]>;
}
