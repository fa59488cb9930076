// What convolutions and matrix products multiply, as the environment variable MLPCONV_PRECISION requests it.
import { NativeError } from "./native-error.js";

/**
 * - full: float32
 * - mixed: bfloat16 with float32 sums, by the fastest of the CPU's instructions for it
 * - mixed-avx512, mixed-amx: by AVX-512 BF16, by AMX; they sum in another order
 * - mixed-emulated, mixed-amx-emulated: the results of these two on every CPU, slowly: for tests
 *
 * The order is that of the numbers in the library.
 */
export const precisions = [
  "full",
  "mixed",
  "mixed-emulated",
  "mixed-amx-emulated",
  "mixed-avx512",
  "mixed-amx",
] as const;
export type Precision = (typeof precisions)[number];

/**
 * The precision that the caller wants, else the one that `MLPCONV_PRECISION` requests.
 *
 * @throws NativeError when the variable has another value
 */
export const choosePrecision = (
  wanted?: "full" | "mixed",
  environment = process.env.MLPCONV_PRECISION,
): Precision => {
  const named = precisions.find((name) => name === (environment || "full"));
  if (named) return wanted === undefined || (wanted === "mixed" && named !== "full") ? named : wanted;
  throw new NativeError(
    "wrong-setting",
    `MLPCONV_PRECISION: expected full or mixed, got "${environment}"`,
    "set it to one of them, or unset it for full",
  );
};
