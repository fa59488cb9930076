// The device under engine webgpu, for what is measured below tfjs.
import { tf, useEngine } from "@mlpconv/tensor";

interface Backend {
  device: GPUDevice;
  /** Sends what was recorded. */
  send(): void;
  /** Finds the fastest tile of each product that was recorded. */
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
