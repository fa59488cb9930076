// What PyTorch computed: loss, logits and gradients of each net, for parameters and pixels that a hash rebuilds anywhere.
import { readFileSync } from "node:fs";

export const goldenNames = [
  "lenet-28",
  "alexnet-224",
  "vgg11-ratio4-224",
  "nin-224",
  "nin-96",
  "nin-mnist-28",
  "nin-mnist-ratio4-28",
  "nin-cifar-32",
] as const;
export type GoldenName = (typeof goldenNames)[number];

/** Golden values of nets with branches or batch normalisation, which `fixtures/make-golden.py` makes. */
export const goldenGraphNames = [
  "resnet18-64",
  "resnet34-64",
  "googlenet-64",
  "nin-bn-72",
  "densenet-64",
  "vgg11-bn-ratio8-64",
  "alexnet-bn-72",
] as const;
export type GoldenGraphName = (typeof goldenGraphNames)[number];

/** Golden values of torchvision's own nets, which `fixtures/make-golden.py` makes too. */
export type TorchvisionName = "torchvision-resnet18-64" | "torchvision-vgg11-bn-ratio16-224";

/** Numbers from which images and arrays are rebuilt. */
interface Rebuilt {
  /** NCHW. */
  input: [number, number, number, number];
  classes: number;
  salt: number;
}

/** A file of `fixtures/golden`. */
interface GoldenFile extends Rebuilt {
  /** How many. */
  parameters: number;
  labels: number[];
  loss: number;
  /** [batch, classes], flat. */
  logits: number[];
  /** Gradients by state_dict key, in its order: some entries `value` at the flat indices `at` of PyTorch's layout. */
  gradients: Record<string, { shape: number[]; norm: number; sum: number; at: number[]; value: number[] }>;
}

export interface GoldenCase extends GoldenFile {
  name: GoldenName;
  /** The images, NCHW. */
  pixels(): Float32Array;
  /** The parameter of that key in PyTorch's layout. */
  parameter(key: string): Float32Array;
}

/** Some entries `value` of an array at the flat indices `at` of PyTorch's layout. */
interface Samples {
  shape: number[];
  norm: number;
  sum: number;
  at: number[];
  value: number[];
}

interface TorchvisionFile extends Rebuilt {
  /** Shapes of the arrays of the `state_dict`, in its order. */
  state: Record<string, number[]>;
  /** Logits with the running statistics. */
  logitsAfterTraining: number[];
}

/** `logits`, `loss` and `gradients` are of training. */
interface GoldenGraphFile extends GoldenFile, TorchvisionFile {
  /** Three steps of SGD at a rate of 0.0001 on the batch. */
  threeSteps: {
    /** Before each step. */
    losses: number[];
    /** Computed with the running statistics after them. */
    logits: number[];
    /** The running statistics after them. */
    buffers: Record<string, Samples>;
  };
}

interface Inputs {
  /** The images, NCHW. */
  pixels(): Float32Array;
  /** The array of that key in PyTorch's layout. */
  parameter(key: string): Float32Array;
}

export interface GoldenGraphCase extends GoldenGraphFile, Inputs {
  name: GoldenGraphName;
}

const read = <File>(name: string): File =>
  JSON.parse(readFileSync(new URL(`../fixtures/golden/${name}.json`, import.meta.url), "utf8")) as File;

const pixelsOf = ({ input, salt }: Rebuilt) => {
  const draw = hash(1000, salt);
  return Float32Array.from({ length: size(input) }, (_, i) => draw(i));
};

/** The golden values called `name`, and the numbers they were computed from. */
export const goldenCase = (name: GoldenName): GoldenCase => {
  const values = read<GoldenFile>(name);
  const keys = Object.keys(values.gradients);
  return {
    name,
    ...values,
    pixels: () => pixelsOf(values),
    parameter: (key) => {
      const tag = keys.indexOf(key);
      if (tag < 0) throw new Error(`${name}: expected one of ${keys.join(", ")}, got "${key}"`);
      const isWeight = key.endsWith("weight");
      const weight = values.gradients[isWeight ? key : keys[tag - 1]!]!;
      const fanIn = size(weight.shape.slice(1));
      const amplitude = Math.sqrt((isWeight ? 6 : 1) / fanIn);
      const draw = hash(tag, values.salt);
      const filled = new Float32Array(size(values.gradients[key]!.shape));
      for (let i = 0; i < filled.length; i++) filled[i] = (2 * draw(i) - 1) * amplitude;
      return filled;
    },
  };
};

/** The golden values of a net with branches or batch normalisation, and the numbers they were computed from. */
export const goldenGraphCase = (name: GoldenGraphName): GoldenGraphCase => {
  const values = read<GoldenGraphFile>(name);
  return { name, ...values, ...inputsOf(name, values) };
};

/** The `state_dict` and the logits of a net of torchvision, and the numbers they were computed from; `parameter` has no counts of batches. */
export const torchvisionCase = (name: TorchvisionName): TorchvisionFile & Inputs => {
  const values = read<TorchvisionFile>(name);
  return { ...values, ...inputsOf(name, values) };
};

const inputsOf = (name: string, values: TorchvisionFile): Inputs => {
  const keys = Object.keys(values.state).filter((key) => !key.endsWith("num_batches_tracked"));
  return {
    pixels: () => pixelsOf(values),
    parameter: (key) => {
      const tag = keys.indexOf(key);
      if (tag < 0) throw new Error(`${name}: expected one of ${keys.join(", ")}, got "${key}"`);
      const [, path, kind] = /^(.*)\.(\w+)$/.exec(key) as unknown as [string, string, string];
      const weight = values.state[`${path}.weight`]!;
      const fanIn = size(weight.slice(1));
      const value =
        kind.startsWith("running") || weight.length === 1
          ? (u: number) => u + (kind === "weight" || kind === "running_var" ? 0.5 : -0.5)
          : (u: number) => (2 * u - 1) * Math.sqrt((kind === "weight" ? 6 : 1) / fanIn);
      const draw = hash(tag, values.salt);
      const filled = new Float32Array(size(values.state[key]!));
      for (let i = 0; i < filled.length; i++) filled[i] = value(draw(i));
      return filled;
    },
  };
};

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** A uniform number in [0, 1) for each index: a multiply-and-shift hash in uint32 arithmetic. */
export const hash = (tag: number, salt: number): ((index: number) => number) => {
  const start = (Math.imul(tag, 0x85ebca6b) + Math.imul(salt, 0xc2b2ae35)) | 0;
  return (index) => {
    let h = (Math.imul(index + 1, 0x9e3779b1) + start) | 0;
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
  };
};
