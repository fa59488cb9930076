// Copies of short runs of bytes without the call that std::memcpy costs.
#pragma once

#include "lanes.h"

namespace mlpconv {

// Bytes from which on the call is worth its cost: WebAssembly leaves itself for it.
#ifdef __wasm__
constexpr int64_t LONG = 4096;
#else
constexpr int64_t LONG = 256;
#endif

// The two runs do not overlap.
inline void copy_bytes(uint8_t* to, const uint8_t* from, int64_t bytes) {
  using Piece = Ints<4>;
  constexpr int64_t PIECE = sizeof(Piece);
  if (bytes >= LONG) {
    std::memcpy(to, from, bytes);
    return;
  }
  int64_t i = 0;
  for (; i + PIECE <= bytes; i += PIECE) store(to + i, load<Piece>(from + i));
  if (i == bytes) return;
  if (bytes > PIECE) {
    // The last piece overlaps the one before it.
    store(to + bytes - PIECE, load<Piece>(from + bytes - PIECE));
    return;
  }
  for (; i + 4 <= bytes; i += 4) store(to + i, load<int32_t>(from + i));
  for (; i < bytes; i++) to[i] = from[i];
}

}  // namespace mlpconv
