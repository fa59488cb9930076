// The machine's native vector of floats, its number of registers, and partial vectors for channel counts that are no multiple of its width.
#pragma once

#include <algorithm>

#include "lanes.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace mlpconv {

#if defined(__AVX512F__)
constexpr int WIDTH = 16, REGISTERS = 32;
#elif defined(__AVX2__)
constexpr int WIDTH = 8, REGISTERS = 16;
#elif defined(__aarch64__)
constexpr int WIDTH = 4, REGISTERS = 32;
#else
constexpr int WIDTH = 4, REGISTERS = 16;
#endif
using Vector = Floats<WIDTH>;

// Loads the first `count` of WIDTH values, followed by zeros; does not read beyond them.
inline Vector load_part(const float* from, int64_t count) {
  if (count >= WIDTH) return load<Vector>(from);
#ifdef __AVX512F__
  return reinterpret_cast<Vector>(_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from));
#else
  float lanes[WIDTH] = {};
  for (int i = 0; i < count; i++) lanes[i] = from[i];
  return load<Vector>(lanes);
#endif
}

inline void store_part(float* to, Vector value, int64_t count) {
  if (count >= WIDTH) return store(to, value);
#ifdef __AVX512F__
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), reinterpret_cast<__m512>(value));
#else
  float lanes[WIDTH];
  store(lanes, value);
  for (int i = 0; i < count; i++) to[i] = lanes[i];
#endif
}

// Written so that NaN passes through.
inline Vector clip(Vector value) { return value < 0.0f ? Vector{} : value; }

// value where the ReLU with output y was active, otherwise 0. Active means everywhere except y <= 0, so also where y is NaN, as in PyTorch.
inline Vector where_positive(Vector y, Vector value) { return y <= 0.0f ? Vector{} : value; }

// sum + a * b. Compilers fuse it by themselves where the machine can; in WebAssembly it is an instruction of relaxed SIMD.
[[gnu::always_inline]] inline Vector multiply_add(Vector a, float b, Vector sum) {
#ifdef __wasm_relaxed_simd__
  return Vector(__builtin_wasm_relaxed_madd_f32x4(a, Vector{b, b, b, b}, sum));
#else
  return sum + a * b;
#endif
}

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace mlpconv
