// Layers that stay as they are while others learn.
import type { tf } from "@mlpconv/tensor";

/** What `freezeLayers` was asked to freeze cannot be. */
export class FreezeError extends Error {
  override readonly name = "FreezeError";
}

/**
 * Freezes layers of a model: the optimiser does not get their weights. Call it before `loadMatching`, which then refuses weights that lack such a layer.
 *
 * @param which "body": all but the head, see `bodyOf`; or layers by their names, "0,2.1", each with those below it
 * @returns the names of the frozen layers
 * @throws FreezeError when a name is no layer's, or nothing would be frozen or left to learn
 */
export const freezeLayers = (model: tf.LayersModel, which: string): string[] => {
  const layers = withWeights(model);
  const wanted = which === "body" ? bodyOf(model, "--freeze body") : named(layers, which);
  if (wanted.length === layers.length)
    throw new FreezeError(
      `expected --freeze to leave a layer that learns, got all ${layers.length}; the last one is ${layers.at(-1)!.name}`,
    );
  for (const layer of wanted) layer.trainable = false;
  return wanted.map(({ name }) => name);
};

const outputsOf = (layer: tf.layers.Layer): number => layer.weights[0]!.shape.at(-1)!;

const withWeights = (model: tf.LayersModel): tf.layers.Layer[] =>
  model.layers.filter(({ weights }) => weights.length > 0);

/** The block that a layer stands in: "7" for "7.2"; a layer outside blocks is a block of its own. */
const blockOf = ({ name }: tf.layers.Layer): string => {
  const end = name.lastIndexOf(".");
  return end < 0 ? name : name.slice(0, end);
};

/**
 * The layers with weights, but for the head: the last layer, and before it those of its block with as many outputs as there are classes (NiN's have three
 * such convolutions).
 *
 * @param flag that needs them, for the error
 * @throws FreezeError when all layers are of the head
 */
export const bodyOf = (model: tf.LayersModel, flag: string): tf.layers.Layer[] => {
  const layers = withWeights(model);
  const classes = model.outputs[0]!.shape.at(-1)!;
  const block = blockOf(layers.at(-1)!);
  const isHead = (layer: tf.layers.Layer) => blockOf(layer) === block && outputsOf(layer) === classes;
  const body = layers.slice(0, layers.findLastIndex((layer) => !isHead(layer)) + 1);
  if (body.length > 0) return body;
  throw new FreezeError(
    `expected ${flag} to find a layer before those with the ${classes} outputs of the last one, got none; name the layers with --freeze, of ${layers.map(({ name }) => name).join(", ")}`,
  );
};

const named = (layers: readonly tf.layers.Layer[], which: string): tf.layers.Layer[] => {
  const names = which.split(",").map((name) => name.trim());
  const isBelow = (layer: tf.layers.Layer, name: string) =>
    layer.name === name || layer.name.startsWith(`${name}.`);
  for (const name of names) {
    if (layers.some((layer) => isBelow(layer, name))) continue;
    throw new FreezeError(
      `expected --freeze to be body or names of layers, got "${name}"; the layers are ${layers.map((layer) => layer.name).join(", ")}`,
    );
  }
  return layers.filter((layer) => names.some((name) => isBelow(layer, name)));
};
