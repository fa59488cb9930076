// The only import of TensorFlow.js. The umbrella package is used because `tfjs-core` alone registers no gradients in Node.
export { tf } from "#tf";
