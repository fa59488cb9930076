// Parts of a model whose branches read the same input and are joined behind: by addition (ResNet) or side by side as channels (GoogLeNet).
import { tf } from "@mlpconv/tensor";
import { BatchNormalization, followingRelu } from "./batch-norm.js";
import { type Layer, StockAdd } from "./builtin.js";
import { type CallOptions, leavesWork } from "./leave-work.js";

/**
 * A part of a model: layers and parts one behind the other, parts by the names that they have in a PyTorch module, in order, or branches that are
 * joined.
 */
export type Part = Layer | Joined | readonly Part[] | { readonly [name: string]: Part };

/** Branches that read the same input; made by `residual` and `parallel`. */
export class Joined {
  constructor(
    /** Branches by their names; an empty name adds nothing to the path. An empty branch is the input itself. */
    readonly branches: readonly (readonly [name: string, part: Part])[],
    /** The layer that joins them, and its name. */
    readonly join: readonly [name: string, layer: Layer],
    /** The layer behind it, and its name. */
    readonly after?: readonly [name: string, layer: Layer],
  ) {}
}

/** The layers of a part in order, those of branches too. */
const layersOf = (part: Part): Layer[] => {
  if (part instanceof Joined) {
    const [, join] = part.join;
    return [
      ...part.branches.flatMap(([, branch]) => layersOf(branch)),
      join,
      ...(part.after ? [part.after[1]] : []),
    ];
  }
  if (Array.isArray(part)) return (part as readonly Part[]).flatMap(layersOf);
  return isLayer(part) ? [part] : Object.values(part as Record<string, Part>).flatMap(layersOf);
};

/** Whether a part is a single layer. */
export const isLayer = (part: Part): part is Layer => part instanceof tf.layers.Layer;

/** The sum of two branches. If the first one ends in batch normalisation, that, the sum and the ReLU are one operation in training, where nothing else reads what is between them. */
class Add extends StockAdd {
  normalised: BatchNormalization | undefined;
  /** The ReLU behind it. */
  relu: Layer | undefined;

  /** Whether it applies the ReLU behind it. */
  appliesRelu(options: CallOptions): boolean {
    return this.normalised?.isJoined(options) === true && leavesWork(this, this.relu, options);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    const [x, other] = inputs as [tf.Tensor, tf.Tensor];
    if (!this.normalised?.isJoined(options)) return tf.add(x, other);
    return this.normalised.ofBatch(x, options, {
      add: other,
      activation: this.appliesRelu(options) ? "relu" : "linear",
    });
  }
}

/** Options of `residual`. */
export interface ResidualOptions {
  /** What the input passes on its way around the body, such as a 1x1 convolution where the shape changes. Default: nothing. */
  shortcut?: Part;
  /** Applied to the sum. Default "relu". */
  activation?: "relu" | "linear";
}

/**
 * activation(body(x) + shortcut(x)) (He et al., 2015, arXiv:1512.03385). Both must give the same shape.
 *
 * @param body layers, whose names then begin with "body", or parts by their names in PyTorch's module, as those of the shortcut
 */
export const residual = (
  body: Part,
  { shortcut = [], activation = "relu" }: ResidualOptions = {},
): Joined => {
  const join = new Add({});
  const last = layersOf(body).at(-1);
  const normalised = last instanceof BatchNormalization && last.inTraining === "linear" ? last : undefined;
  if (normalised) {
    normalised.inTraining = "left to the addition";
    normalised.reader = join;
    join.normalised = normalised;
  }
  const relu = followingRelu((options) => join.appliesRelu(options));
  if (activation === "relu") join.relu = relu;
  return new Joined(
    [named("body", body), named("shortcut", shortcut)],
    ["add", join],
    activation === "relu" ? ["relu", relu] : undefined,
  );
};

/**
 * Branches that read the same input, their channels one behind the other: [batch, h, w, c] to [batch, h, w, the sum of the branches' channels].
 *
 * @param branches one each: layers, whose names then begin with "branches.0" and so on, or parts by their names in PyTorch's module; [] is the input
 * @throws RangeError for fewer than two branches
 */
export const parallel = (branches: readonly Part[]): Joined => {
  if (branches.length < 2)
    throw new RangeError(`parallel: expected at least two branches, got ${branches.length}`);
  return new Joined(
    branches.map((part, i) => named(`branches.${i}`, part)),
    ["cat", tf.layers.concatenate()],
  );
};

/** A branch: parts that have names of their own need no other one. */
const named = (name: string, part: Part): [name: string, part: Part] => [hasNames(part) ? "" : name, part];

const hasNames = (part: Part): boolean => !isLayer(part) && !Array.isArray(part) && !(part instanceof Joined);
