// What a network costs, from the shapes of its model.
import type { DatasetInfo } from "@mlpconv/datasets";
import { summary } from "@mlpconv/models";
import { buildModel, describeNet } from "@mlpconv/runs/recipe";
import { tf, useEngine } from "@mlpconv/tensor";
import type { KnownSettings } from "./network.js";
import type { NetworkFacts } from "./session.js";

/** Arrays as large as the weights that an optimizer keeps. */
const slots = ({ optimizer, momentum }: KnownSettings): number => {
  const velocity = momentum > 0 ? 1 : 0;
  return { sgd: velocity, nesterov: velocity, rmsprop: 1 + velocity, muon: 1, adam: 2, adamw: 2 }[optimizer];
};

export const factsOf = (model: tf.LayersModel, settings: KnownSettings): NetworkFacts => {
  const { parameters, multiplyAccumulates, activationBytes } = summary(model);
  const largest = Math.max(...model.weights.map(({ shape }) => shape.reduce<number>((a, b) => a * b!, 1)));
  const inputBytes =
    4 * model.inputs[0]!.shape.slice(1).reduce((product: number, side) => product * side!, 1);
  return {
    net: describeNet(settings.model, model),
    parameters,
    multiplyAdds: multiplyAccumulates,
    // What tfjs was seen to have at a time: weights, their gradients and copies of before the step, and activations three times (as such, and as gradients before and behind
    // a layer). An update works on copies of one weight at a time.
    trainingBytes:
      4 * parameters * (3 + slots(settings)) +
      4 * largest * (1 + slots(settings)) +
      settings.batchSize * (inputBytes + 3 * activationBytes),
  };
};

/**
 * The same without a model. Its shapes alone are read, so it is built of zeros on the engine that computes in plain JavaScript; the engine that trains goes on as if
 * nothing had happened.
 *
 * @throws InputSizeError when images are too small
 */
export const describeSettings = async (
  settings: KnownSettings,
  data: Pick<DatasetInfo, "shape" | "classes">,
): Promise<NetworkFacts> => {
  const engine = tf.getBackend();
  await useEngine("cpu");
  try {
    const zeros = { weights: "zeros", biases: "zeros" } as const;
    const model = buildModel({ ...settings, net: { ...settings.net, init: zeros } }, data);
    try {
      return factsOf(model, settings);
    } finally {
      model.dispose();
    }
  } catch (cause) {
    // What JavaScript says of an array that is too large is for programmers.
    if (!(cause instanceof RangeError) || !/array|allocation/i.test(cause.message)) throw cause;
    throw tooLarge("describe", settings, "larger ones", { cause });
  } finally {
    if (engine) await tf.setBackend(engine);
  }
};

/** Bytes that engine wasm can address, and about what a page may have. */
const mostBytes = 2 ** 32;

const tooLarge = (where: string, { model }: KnownSettings, got: string, options?: ErrorOptions): RangeError =>
  new RangeError(
    `${where}: expected weights of ${model}, their gradients and the optimizer in ${mostBytes / 2 ** 30} GiB, got ${got}; use smaller images or a narrower network`,
    options,
  );

/**
 * Checks a network before it is built, because drawing billions of weights takes minutes.
 *
 * @throws RangeError when its weights alone are more than a page can hold
 */
export const checkFits = async (where: string, settings: KnownSettings, data: DatasetInfo): Promise<void> => {
  const { parameters } = await describeSettings(settings, data);
  const bytes = 4 * parameters * (2 + slots(settings));
  if (bytes > mostBytes) throw tooLarge(where, settings, `${(bytes / 2 ** 30).toFixed(1)} GiB`);
};
