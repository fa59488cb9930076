// TensorFlow.js as bundlers take it, in parts.
export * as tf from "@tensorflow/tfjs";
