// A look at a network between two steps. It reads and changes nothing, so training goes on with the same bits.
import { type Dataset, imagesAt, loader, testOptions } from "@mlpconv/datasets";
import { wiring } from "@mlpconv/layers";
import { softmaxCrossEntropy, tf, variableGrads } from "@mlpconv/tensor";
import { channelActivity, variablesOf } from "@mlpconv/trainer";
import { answersOf } from "./answers.js";
import { channelOf } from "./grids.js";
import { imagesAtOnce } from "./inputs.js";
import type { Network } from "./network.js";
import type { Look } from "./session.js";

/** A number of images at which a look has little to compute. */
interface ImageCount {
  least: number;
  most: number;
  /** Multiply-adds of one image, in those of its forward pass. */
  passes: number;
}

/** Training images on which channels are looked at: the first ones. */
export const activityImages: ImageCount = { least: 16, most: 128, passes: 1 };
/** Training images of which the gradient is computed. */
export const gradientImages: ImageCount = { least: 4, most: 32, passes: 3 };
/** Multiply-adds that each of the two may need: less than a tenth of a second on two cores. */
const mostMultiplyAdds = 3e9;

/** @param multiplyAdds of one image, forward */
export const countFor = (multiplyAdds: number, { least, most, passes }: ImageCount): number =>
  Math.min(most, Math.max(least, Math.floor(mostMultiplyAdds / (passes * multiplyAdds))));

export const lookAt = async (
  network: Network,
  data: Dataset,
  watched: readonly number[],
): Promise<Omit<Look, "network">> => ({
  step: network.step,
  watched: await answersOf("look", network, data, await imagesAt(data.test, watched)),
  filters: await filtersOf(network.model),
  activity: await activityOf(network, data),
  sizes: await sizesOf(network, data),
});

const filtersOf = async (model: tf.LayersModel): Promise<Look["filters"]> => {
  const kernel = model.layers.find((layer) => layer.getClassName() === "Conv2D")?.getWeights()[0];
  if (!kernel) return { inputs: 0, outputs: 0, grids: [] };
  const [height, width, inputs, outputs] = kernel.shape as [number, number, number, number];
  const values = await kernel.data();
  // [height, width, in, out]: the grid of a pair is one channel of in * out.
  const grids = Array.from({ length: outputs }, (_, to) =>
    Array.from({ length: inputs }, (__, from) =>
      channelOf(values, [height, width, inputs * outputs], from * outputs + to),
    ),
  ).flat();
  return { inputs, outputs, grids };
};

/** The first training images, in batches. */
const firstImages = (network: Network, data: Dataset, images: ImageCount) => {
  const { settings } = network;
  const limit = Math.min(countFor(network.multiplyAdds, images), data.train.shape[0]);
  const batchSize = Math.min(limit, imagesAtOnce(settings));
  return loader(data.train, { ...testOptions({ ...settings, data }), batchSize, limit });
};

const activityOf = async (network: Network, data: Dataset): Promise<Look["activity"]> => {
  const { layers, images } = await channelActivity(network.model, firstImages(network, data, activityImages));
  const counted = new Map(layers.map(({ layer, active }) => [layer, active]));
  return wiring(network.model).flatMap(({ layer: { name } }) => {
    const active = counted.get(name);
    return active ? [{ layer: name, alive: Float32Array.from(active, (count) => count / images) }] : [];
  });
};

const sizesOf = async (network: Network, data: Dataset): Promise<Look["sizes"]> => {
  const { model } = network;
  const variables = variablesOf(model);
  const before = network.weightsBefore();
  const gradients = await gradientsOf(network, data);
  /** Sums of squares of weights, gradients and updates, by variable. */
  const sums = tf.tidy(() =>
    tf.stack(
      variables.flatMap((variable, i) => [
        tf.sum(tf.square(variable)),
        tf.sum(tf.square(gradients[variable.name] ?? 0)),
        before
          ? tf.sum(tf.squaredDifference(variable, before[i]!))
          : tf.scalar(network.step === 0 ? 0 : Number.NaN),
      ]),
    ),
  );
  tf.dispose(gradients);
  const values = await sums.data();
  sums.dispose();
  const indices = new Map(variables.map((variable, i) => [variable, i]));
  return wiring(model).flatMap(({ layer }) => {
    const own = layer.trainableWeights.flatMap((weight) => indices.get(weight.read() as tf.Variable) ?? []);
    if (own.length === 0) return [];
    const size = own.reduce((sum, i) => sum + variables[i]!.size, 0);
    const rootMeanSquare = (of: number) =>
      Math.sqrt(own.reduce((sum, i) => sum + values[3 * i + of]!, 0) / size);
    return [
      {
        layer: layer.name,
        weights: rootMeanSquare(0),
        gradient: rootMeanSquare(1),
        update: rootMeanSquare(2),
      },
    ];
  });
};

/** Gradient of the mean loss of the first training images, without dropout, by variable name. */
const gradientsOf = async (network: Network, data: Dataset): Promise<tf.NamedTensorMap> => {
  const { model } = network;
  const images = firstImages(network, data, gradientImages);
  let total: tf.NamedTensorMap | undefined;
  for await (const { x, y } of images) {
    const { value, grads } = variableGrads(() => {
      const logits = model.apply(x, { training: false }) as tf.Tensor2D;
      return tf.mul(softmaxCrossEntropy(logits, y), y.shape[0] / images.examples) as tf.Scalar;
    }, variablesOf(model));
    tf.dispose([x, y, value]);
    const before: tf.NamedTensorMap | undefined = total;
    total = before
      ? Object.fromEntries(
          Object.entries(grads).map(([name, gradient]) => [name, tf.add(before[name]!, gradient)]),
        )
      : grads;
    if (before) tf.dispose([before, grads]);
  }
  return total!;
};
