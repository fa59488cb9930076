// A page that opens an exported model and classifies one image: on engine wasm and on tfjs's cpu backend, with the time on the first.
import { describe } from "@mlpconv/engine-wasm";
import * as tf from "@tensorflow/tfjs";

const REPEATS = 50;

const run = async () => {
  await tf.setBackend("wasm");
  const model = await tf.loadLayersModel("net/model.json");
  const pixels = Float32Array.from({ length: 784 }, (_, i) => (i * 37) % 256);
  const image = tf.tensor(pixels, [1, 28, 28, 1]);
  const predict = async () => {
    const output = model.predict(image);
    if (!(output instanceof tf.Tensor)) throw new Error("expected one output");
    const logits = Array.from(await output.data());
    output.dispose();
    return logits;
  };
  const logits = await predict();
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const from = performance.now();
    await predict();
    times.push(performance.now() - from);
  }
  const device = describe();
  await tf.setBackend("cpu");
  const reference = await predict();
  times.sort((a, b) => a - b);
  return { device, logits, reference, milliseconds: { least: times[0], median: times[REPEATS / 2] } };
};

run().then(
  (found) => {
    document.title = JSON.stringify(found);
  },
  (error) => {
    document.title = JSON.stringify({ error: String(error.message ?? error) });
  },
);
