// What `browser.test.ts` bundles: a program as a user would write it, which leaves what it found in the page's title.
import { describe } from "@mlpconv/engine-wasm";
import * as tf from "@tensorflow/tfjs";

const main = async () => {
  await tf.setBackend("wasm");
  const filter = tf.variable(tf.fill([3, 3, 1, 2], 0.1));
  const x = tf.ones([2, 6, 6, 1]) as tf.Tensor4D;
  const loss = () => tf.relu(tf.conv2d(x, filter as tf.Tensor4D, 1, "same")).mean() as tf.Scalar;
  const [before] = loss().dataSync();
  tf.train.sgd(0.1).minimize(loss);
  return { backend: tf.getBackend(), device: describe(), before, after: loss().dataSync()[0] };
};

main().then(
  (found) => {
    document.title = JSON.stringify(found);
  },
  (error) => {
    document.title = JSON.stringify({ error: String(error.message ?? error) });
  },
);
