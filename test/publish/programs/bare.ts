// A plain tfjs program that uses the engine and nothing else of ours.
import { describe } from "@mlpconv/engine-native";
import * as tf from "@tensorflow/tfjs";

await tf.setBackend("native");
const images = tf.randomUniform([16, 12, 12, 1], 0, 1, "float32", 1).as4D(16, 12, 12, 1);
const wanted = tf.conv2d(images, tf.tensor4d([1, 0, -1, 2, 0, -2, 1, 0, -1], [3, 3, 1, 1]), 1, "same");
const filter = tf.variable(tf.tensor4d(new Float32Array(9), [3, 3, 1, 1]));
const optimizer = tf.train.adam(0.1);
const losses = [];
for (let step = 0; step < 20; step++) {
  const loss = optimizer.minimize(
    () => tf.losses.meanSquaredError(wanted, tf.conv2d(images, filter, 1, "same")).asScalar(),
    true,
  );
  losses.push(loss?.dataSync()[0]);
}
console.log(JSON.stringify({ backend: tf.getBackend(), device: describe(), losses }));
