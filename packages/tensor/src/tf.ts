// The one place that imports TensorFlow.js: the umbrella package, because `tfjs-core` alone registers no gradients in Node.
export * as tf from "@tensorflow/tfjs";
