// Converts a file's floating dtypes to float32.

import type { SafeTensor } from "./dtypes.js";
import { SafetensorsError } from "./error.js";

/**
 * A floating tensor's values in float32: exact for F32, F16 and BF16, rounded for F64.
 *
 * @throws SafetensorsError for integers and booleans
 */
export const toFloat32 = ({ dtype, data }: SafeTensor): Float32Array => {
  switch (dtype) {
    case "F32":
      return data;
    case "F64":
      return Float32Array.from(data);
    case "BF16": {
      // BF16 is the upper half of a float32.
      const bits = Uint32Array.from(data, (half) => half << 16);
      return new Float32Array(bits.buffer);
    }
    case "F16":
      return Float32Array.from(data, halfToNumber);
    default:
      throw new SafetensorsError(`toFloat32: expected F64, F32, F16 or BF16, got ${dtype}`);
  }
};

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
const halfToNumber = (half: number): number => {
  const sign = half >> 15 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
};
