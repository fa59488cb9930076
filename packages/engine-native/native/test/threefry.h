// Threefry-2x32 with 20 rounds, one word at a time, as its paper defines it (Salmon et al., SC'11): what dropout's vectors are compared with.
#pragma once

#include <cstdint>

// The word of the pair at counter (counter, block): the first or, if `second`, the other.
inline uint32_t threefry_word(uint32_t key0, uint32_t key1, uint32_t counter, uint32_t block, bool second) {
  constexpr int ROTATIONS[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  const uint32_t keys[3] = {key0, key1, key0 ^ key1 ^ 0x1bd11bda};
  uint32_t x = counter + key0, y = block + key1;
  for (uint32_t round = 0; round < 20; round++) {
    const int turn = ROTATIONS[round % 8];
    x += y, y = ((y << turn) | (y >> (32 - turn))) ^ x;
    if (round % 4 != 3) continue;
    const uint32_t injection = round / 4 + 1;
    x += keys[injection % 3], y += keys[(injection + 1) % 3] + injection;
  }
  return second ? y : x;
}
