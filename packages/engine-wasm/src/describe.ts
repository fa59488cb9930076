// The device in words, for people: what the stock backend decided when it started.
import { getThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { env } from "@tensorflow/tfjs-core";

/**
 * Describes the device, such as "1 thread, SIMD".
 * @throws when the backend has not started: call `await tf.setBackend("wasm")` first.
 */
export const describe = (): string => {
  const threads = getThreadsCount();
  const simd = env().getBool("WASM_HAS_SIMD_SUPPORT");
  return `${threads} ${threads === 1 ? "thread" : "threads"}, ${simd ? "SIMD" : "no SIMD"}`;
};
