// Statistics of each convolution on fixed images: how large its output is, how much of that depends on the image, its gradient, its dead channels.
import type { Loader } from "@mlpconv/datasets";
import { softmaxCrossEntropy, tf, variableGrads } from "@mlpconv/tensor";
import { channelActivity, variablesOf } from "@mlpconv/trainer";

/** Statistics of the convolutions of a model, of their outputs behind the activation: lists with a value for each, in order. */
export interface LayerStatistics {
  /** Root mean square of the output. */
  scale: number[];
  /**
   * Root mean square of the output's difference from its mean over the images, divided by `scale`: 0 where the output is the same for every image. 0 also
   * where it is zero.
   */
  variation: number[];
  /** Root mean square of the loss's gradient with respect to the weights, without biases. */
  gradient: number[];
  /** Root mean square of the weights. */
  weight: number[];
  /** Share of the channels that are above zero for none of the images; 0 without a ReLU. */
  dead: number[];
}

/** The convolutions of a model, in order. */
export const convolutionsOf = (model: tf.LayersModel): tf.layers.Layer[] =>
  model.layers.filter((layer) => layer.getClassName() === "Conv2D");

const rms = (values: tf.Tensor): number => tf.tidy(() => tf.sqrt(tf.mean(tf.square(values))).dataSync()[0]!);

/** Scale and variation of a layer's output, [images, ...]. */
export const imageVariation = (output: tf.Tensor): { scale: number; variation: number } =>
  tf.tidy(() => {
    const scale = rms(output);
    return { scale, variation: scale === 0 ? 0 : rms(output.sub(output.mean(0, true))) / scale };
  });

/**
 * Statistics of a model whose output is logits. Dropout is off.
 *
 * @param probe images in a single batch
 */
export const layerStatistics = async (model: tf.LayersModel, probe: Loader): Promise<LayerStatistics> => {
  if (probe.batches !== 1)
    throw new RangeError(`layerStatistics: expected one batch of images, got ${probe.batches}`);
  const convolutions = convolutionsOf(model);
  const activities = (await channelActivity(model, probe)).layers;
  const dead = convolutions.map(({ name }) => {
    const active = activities.find(({ layer }) => layer === name)?.active;
    return active ? active.filter((images) => images === 0).length / active.length : 0;
  });
  const maps = tf.model({
    inputs: model.inputs,
    outputs: convolutions.map(({ output }) => output as tf.SymbolicTensor),
  });
  const found: LayerStatistics = { scale: [], variation: [], gradient: [], weight: [], dead };
  for await (const { x, y } of probe)
    tf.tidy(() => {
      const { grads } = variableGrads(
        () => softmaxCrossEntropy(model.apply(x, { training: false }) as tf.Tensor2D, y),
        variablesOf(model),
      );
      const outputs = [maps.apply(x, { training: false })].flat() as tf.Tensor[];
      for (const [i, layer] of convolutions.entries()) {
        const { scale, variation } = imageVariation(outputs[i]!);
        const weights = layer.weights[0]!.read() as tf.Variable;
        found.scale.push(scale);
        found.variation.push(variation);
        found.gradient.push(rms(grads[weights.name]!));
        found.weight.push(rms(weights));
      }
      tf.dispose([x, y]);
    });
  return found;
};
