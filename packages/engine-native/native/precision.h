// What direct convolutions and matrix products multiply: float32, or bfloat16 values with float32 sums. All else computes in float32.
#pragma once

namespace mlpconv {

// EMULATED gives the results of MIXED on every CPU, slowly: for tests.
enum class Precision { FULL, MIXED, EMULATED };

#ifdef __wasm__
constexpr Precision precision() { return Precision::FULL; }
#else
Precision precision();
#endif

}  // namespace mlpconv
