// Starts an engine anew after it has failed: without memory, or with a GPU that was lost.
import { type Engine, tf, useEngine } from "@mlpconv/tensor";

/** Closes the engine's backend; the next one of that name is a new one. */
export const reopen = async ({ tfjsName }: Engine): Promise<void> => {
  const factory = tf.findBackendFactory(tfjsName);
  if (!factory) return;
  // tfjs frees what the backend has, and forgets how to make one.
  await useEngine("cpu");
  try {
    tf.removeBackend(tfjsName);
  } finally {
    if (!tf.findBackendFactory(tfjsName)) tf.registerBackend(tfjsName, factory);
  }
};
