// What convolutions and matrix products multiply, as the environment variable MLPCONV_PRECISION requests it.
import { NativeError } from "./native-error.js";

/**
 * - full: float32
 * - mixed: bfloat16 with float32 sums, on a CPU with AVX-512 BF16
 * - mixed-emulated: the results of mixed on every CPU, slowly: for tests
 *
 * In the order of the library's numbers.
 */
export const precisions = ["full", "mixed", "mixed-emulated"] as const;
export type Precision = (typeof precisions)[number];

/**
 * The precision that `MLPCONV_PRECISION` requests.
 *
 * @throws NativeError for an unknown one
 */
export const choosePrecision = (wanted = process.env.MLPCONV_PRECISION): Precision => {
  const precision = precisions.find((name) => name === (wanted || "full"));
  if (precision) return precision;
  throw new NativeError(
    "wrong-setting",
    `MLPCONV_PRECISION: expected full or mixed, got "${wanted}"`,
    "set it to one of them, or unset it for full",
  );
};
