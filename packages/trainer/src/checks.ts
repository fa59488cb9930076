// What must hold before the first step, said in the user's terms and not in a kernel's.
import type { Batch, Loader } from "@mlpconv/datasets";
import { tf } from "@mlpconv/tensor";

/** @throws RangeError for a number of epochs or steps ahead or a loader that cannot train, Error for a model that is no classifier */
export const checkOptions = (
  model: tf.LayersModel,
  { train, epochs, ahead = 0 }: { train: Loader; epochs: number; ahead?: number },
): void => {
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new RangeError(`train: expected epochs to be a whole number, at least 1, got ${epochs}`);
  }
  if (!Number.isInteger(ahead) || ahead < 0) {
    throw new RangeError(`train: expected ahead to be a whole number, at least 0, got ${ahead}`);
  }
  if (train.batches < 1) throw new RangeError("train: expected at least one batch to learn from, got none");
  const shape = model.outputs[0]!.shape;
  if (model.outputs.length !== 1 || shape.length !== 2) {
    throw new Error(`train: expected a model that gives logits [batch, classes], got [${shape}]`);
  }
};

/** @throws Error when the batch's images or labels do not fit the model */
export const checkData = async (model: tf.LayersModel, { x, y }: Batch): Promise<void> => {
  const expected = model.inputs[0]!.shape.slice(1);
  const got = x.shape.slice(1);
  if (expected.some((side, i) => side !== null && side !== got[i]) || expected.length !== got.length) {
    throw new Error(
      `train: expected images [${expected}] for this model, got [${got}]; give the loader resize: ${expected[0]} or the model inputShape: [${got}]`,
    );
  }
  const classes = model.outputs[0]!.shape[1]!;
  // Read as everything is: a GPU in Node gives nothing at once.
  const most = tf.max(y);
  const [largest] = await most.data();
  most.dispose();
  if (largest! >= classes) {
    throw new Error(`train: expected labels below ${classes}, the model's classes, got ${largest}`);
  }
};
