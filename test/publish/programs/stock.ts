// What a stranger writes who has the saved model and @tensorflow/tfjs, and nothing of ours.
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";

const { modelTopology, weightsManifest } = JSON.parse(readFileSync("saved/model.json", "utf8"));
const [{ paths, weights }] = weightsManifest;
const file = readFileSync(`saved/${paths[0]}`);
const weightData = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData }));
const logits = model.predict(tf.zeros([1, 28, 28, 1]));
if (!(logits instanceof tf.Tensor)) throw new Error("expected one output");
console.log(JSON.stringify({ backend: tf.getBackend(), logits: Array.from(await logits.data()) }));
