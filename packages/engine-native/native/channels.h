// Loops over adjacent values in vectors of the machine, as one piece of code for whole vectors and one for single values: small, where the
// compiler's own vectorisation writes many.
#pragma once

#include <cstddef>

#include "vector.h"

// Before a loop of few steps, which the compiler would otherwise unroll and vectorise.
#ifdef __clang__
#define MLPCONV_FEW_STEPS _Pragma("clang loop vectorize(disable) unroll(disable)")
#else
#define MLPCONV_FEW_STEPS
#endif

namespace mlpconv {

// Sizes and offsets of what is in memory: 32 bits in WebAssembly, where 64 would cost instructions in every inner loop.
using Size = std::ptrdiff_t;

// Calls block.template operator()<N>(i) for vectors of N values that cover [0, count), each value once.
template <class Block>
[[gnu::always_inline]] inline void for_each_channel(Size count, const Block& block) {
  Size i = 0;
  for (; i + WIDTH <= count; i += WIDTH) block.template operator()<WIDTH>(i);
  MLPCONV_FEW_STEPS
  for (; i < count; i++) block.template operator()<1>(i);
}

// The same for blocks that may be computed twice: the last vector may overlap the one before.
template <class Block>
[[gnu::always_inline]] inline void for_channels(Size count, const Block& block) {
  Size i = 0;
  for (; i + WIDTH <= count; i += WIDTH) block.template operator()<WIDTH>(i);
  if (i == count) return;
  if (i > 0) return block.template operator()<WIDTH>(count - WIDTH);
  MLPCONV_FEW_STEPS
  for (; i < count; i++) block.template operator()<1>(i);
}

}  // namespace mlpconv
