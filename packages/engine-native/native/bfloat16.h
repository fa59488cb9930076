// Factors of matrix products in bfloat16, the upper half of a float32. Two values that are adjacent along k share a 32-bit lane: vdpbf16ps of
// AVX-512 BF16 multiplies both by their counterparts and adds the products to a float32 sum, the upper one first. The emulation adds in the
// same order and so gives the same bits, except that the instruction takes denormal numbers for zeros.
#pragma once

#include <type_traits>

#include "precision.h"
#include "vector.h"

namespace mlpconv {

struct Bfloat16 {
  uint16_t bits;
};
struct EmulatedBfloat16 {
  uint16_t bits;
};
// The same values for products in tiles (amx.h), which are summed in another order.
struct AmxBfloat16 : Bfloat16 {};
struct EmulatedAmxBfloat16 : EmulatedBfloat16 {};

template <class Factor>
constexpr bool IN_TILES = std::is_same_v<Factor, AmxBfloat16> || std::is_same_v<Factor, EmulatedAmxBfloat16>;

// Values of k in a lane, for factors stored as float or as one of the above.
template <class Factor>
constexpr int64_t PER_LANE = sizeof(float) / sizeof(Factor);
template <class Factor>
using Lanes = std::conditional_t<PER_LANE<Factor> == 1, Vector, Words<WIDTH>>;

// `count` values of k in whole lanes.
template <class Factor>
constexpr int64_t whole_lanes(int64_t count) { return ceil_div(count, PER_LANE<Factor>) * PER_LANE<Factor>; }

// The value of a left factor that is multiplied by all lanes of a right one.
template <class Factor>
struct Pair {
  uint32_t bits;
};
inline float lane_at(const float* from) { return *from; }
template <class Factor>
inline Pair<Factor> lane_at(const Factor* from) { return {load<uint32_t>(from)}; }
// The last value of an odd number: zero for the one after it, which is not read.
template <class Factor>
inline Pair<Factor> last_lane_at(const Factor* from) { return {load<uint16_t>(from)}; }

[[gnu::always_inline]] inline Vector multiply_add(Words<WIDTH> b, Pair<EmulatedBfloat16> a, Vector sum) {
  const Words<WIDTH> pair = Words<WIDTH>{} + a.bits;
  // A product of two bfloat16 values is exact in float32, so it does not matter whether it is fused with the sum.
  sum += reinterpret_cast<Vector>(b & 0xffff0000u) * reinterpret_cast<Vector>(pair & 0xffff0000u);
  return sum + reinterpret_cast<Vector>(b << 16) * reinterpret_cast<Vector>(pair << 16);
}

// The nearest bfloat16, ties to even, in the upper halves; zeros for denormal numbers, NaN for NaN.
inline Words<WIDTH> rounded(Vector value) {
  const auto bits = reinterpret_cast<Words<WIDTH>>(value);
  const Words<WIDTH> nearest = (bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u;
  const Words<WIDTH> number = (bits & 0x7f800000u) == 0u ? bits & 0x80000000u : nearest;
  return (bits & 0x7fffffffu) > 0x7f800000u ? (bits & 0xffff0000u) | 0x00400000u : number;
}

using Shorts = typename LanesOf<uint16_t, WIDTH>::type;

inline void store_rounded(EmulatedBfloat16* to, Vector value) { store(to, __builtin_convertvector(rounded(value) >> 16, Shorts)); }

// Lane i: `even[i]` below, `odd[i]` above.
inline void store_pairs(EmulatedBfloat16* to, Vector even, Vector odd) { store(to, rounded(even) >> 16 | rounded(odd)); }

#ifdef __AVX512F__
// As text instead of intrinsics: these need a compiler flag, with which the whole library would need such a CPU.
[[gnu::always_inline]] inline Vector multiply_add(Words<WIDTH> b, Pair<Bfloat16> a, Vector sum) {
  const Words<WIDTH> pair = Words<WIDTH>{} + a.bits;
  asm("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(pair), "v"(b));
  return sum;
}

inline void store_rounded(Bfloat16* to, Vector value) {
  Shorts bits;
  asm("vcvtneps2bf16 %1, %0" : "=v"(bits) : "v"(value));
  store(to, bits);
}

inline void store_pairs(Bfloat16* to, Vector even, Vector odd) {
  __m512i halves;
  asm("vcvtne2ps2bf16 %1, %2, %0" : "=v"(halves) : "v"(even), "v"(odd));
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18,
                                         2, 17, 1, 16, 0);
  store(to, _mm512_permutexvar_epi16(order, halves));
}
#endif

// Rounds `count` values, those where the mask is not positive to zero.
template <class Factor>
void round_values(const float* from, const float* mask, int64_t count, Factor* to) {
  const auto value_at = [&](int64_t i) {
    const Vector value = load_part(from + i, count - i);
    return mask ? where_positive(load_part(mask + i, count - i), value) : value;
  };
  int64_t i = 0;
  for (; i + WIDTH <= count; i += WIDTH) store_rounded(to + i, value_at(i));
  if (i == count) return;
  Factor rest[WIDTH];
  store_rounded(rest, value_at(i));
  std::memcpy(to + i, rest, (count - i) * sizeof(Factor));
}

// Calls body with a value of the type in which factors are stored.
template <class Body>
void with_factors(const Body& body) {
#ifndef __wasm__
#ifdef __AVX512F__
  if (precision() == Precision::AVX512) return body(Bfloat16{});
#endif
#ifdef MLPCONV_AMX
  if (precision() == Precision::AMX) return body(AmxBfloat16{});
#endif
  if (precision() == Precision::EMULATED_AVX512) return body(EmulatedBfloat16{});
  if (precision() == Precision::EMULATED_AMX) return body(EmulatedAmxBfloat16{});
#endif
  body(0.0f);
}

}  // namespace mlpconv
