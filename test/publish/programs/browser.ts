// A page that classifies an image and takes one training step, on the engine for browsers; what it found is left in the title.
import { ninMnist } from "@mlpconv/models";
import { softmaxCrossEntropy, tf, useEngine } from "@mlpconv/tensor";

const run = async () => {
  const engine = await useEngine("wasm");
  const model = ninMnist({ ratio: 8, lastRelu: false, dropout: 0, seed: 1 });
  const images = tf.ones([4, 28, 28, 1]);
  const labels = tf.tensor1d([0, 1, 2, 3], "int32");
  const logits = () => {
    const output = model.apply(images, { training: true });
    if (!(output instanceof tf.Tensor)) throw new Error("expected one output");
    return output.as2D(4, 10);
  };
  const loss = () => softmaxCrossEntropy(logits(), labels);
  const probabilities = await logits().softmax().data();
  const [before] = await loss().data();
  tf.train.sgd(0.05).minimize(loss);
  const [after] = await loss().data();
  return {
    engine: engine.name,
    device: engine.device,
    sum: probabilities.reduce((a, b) => a + b, 0),
    before,
    after,
  };
};

run().then(
  (found) => {
    document.title = JSON.stringify(found);
  },
  (error) => {
    document.title = JSON.stringify({ error: String(error) });
  },
);
