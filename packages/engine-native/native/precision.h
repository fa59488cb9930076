// What direct convolutions and matrix products multiply: float32, or bfloat16 values with float32 sums. All else computes in float32.
#pragma once

// Assemblers know AMX since the time of these compilers.
#if defined(__AVX512F__) && (defined(__clang__) ? __clang_major__ >= 12 : __GNUC__ >= 11)
#define MLPCONV_AMX
#endif

namespace mlpconv {

// MIXED chooses the fastest of this CPU. AMX sums in another order than AVX-512 BF16, so each has its own emulation, which gives the same
// results on every CPU, slowly: for tests.
enum class Precision { FULL, MIXED, EMULATED_AVX512, EMULATED_AMX, AVX512, AMX };

#ifdef __wasm__
constexpr Precision precision() { return Precision::FULL; }
#else
// The choice of this thread; never MIXED. Must not be read in tasks of a parallel loop.
Precision precision();
#endif

}  // namespace mlpconv
