// The device of engine webgpu, for measurements below tfjs.
import { tf, useEngine } from "@mlpconv/tensor";

interface Backend {
  device: GPUDevice;
  /** Submits the recorded commands. */
  send(): void;
  /** Measures the fastest tile of each recorded product. */
  tune(): Promise<void>;
  tiles: { measured: readonly { product: string; tile: string; nanoseconds: number }[] };
}

export const openBackend = async (): Promise<Backend> => {
  await useEngine("webgpu");
  const backend = tf.backend() as unknown as Backend;
  if (!backend.device.features.has("timestamp-query"))
    throw new Error("bench: expected a GPU with timestamps, got one without the feature timestamp-query");
  return backend;
};
