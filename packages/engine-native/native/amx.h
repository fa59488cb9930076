// The inner loop of tiles.h for AMX, whose registers are tiles of 16 rows of 64 bytes. One instruction adds the product of 16 rows of 32
// bfloat16 values and a panel's 16 pairs of rows to 16 x 16 float32 sums. The emulation sums in the same order and so gives the same bits, except
// that the instruction takes denormal sums for zeros.
#pragma once

#include "tiles.h"

namespace mlpconv {

constexpr int TILE = 16;             // rows of a tile, and floats in a row of sums
constexpr int64_t TILE_DEPTH = 32;  // values along k in a tile

template <int VECTORS>
constexpr int ROWS<VECTORS, AmxBfloat16> = VECTORS == 3 ? TILE : 2 * TILE;
template <int VECTORS>
constexpr int ROWS<VECTORS, EmulatedAmxBfloat16> = ROWS<VECTORS, AmxBfloat16>;

// The registers of this thread, while it exists, for runs of `length` values; those of another length may be illegal instructions.
template <class Factor>
struct TileRegisters {
  explicit TileRegisters(int64_t) {}
};

template <int VECTORS>
[[gnu::noinline]] void add_runs(const EmulatedAmxBfloat16* const* rows, int64_t runs, int64_t stride, int64_t length,
                                const EmulatedAmxBfloat16* panel, const Target& target) {
  using Factor = EmulatedAmxBfloat16;
  for (int r = 0; r < target.rows; r++) {
    Vector sum[VECTORS] = {};
    for (int v = 0; v < VECTORS && target.bias; v++) sum[v] = load<Vector>(target.bias + v * WIDTH);
    const Factor* from = panel;
    for (int64_t run = 0; run < runs; run++) {
      for (int64_t first = 0; first < length; first += TILE_DEPTH) {
        // The first values of all pairs are summed apart from the second ones.
        Vector lower[VECTORS] = {}, upper[VECTORS] = {};
        for (int64_t i = first; i < std::min(first + TILE_DEPTH, length); i += 2) {
          const Factor* at = rows[r] + run * stride + i;
          const uint32_t a = i + 1 < length ? lane_at(at).bits : last_lane_at(at).bits;
          for (int v = 0; v < VECTORS; v++, from += 2 * WIDTH) {
            const auto b = load<Words<WIDTH>>(from);
            const Words<WIDTH> pair = Words<WIDTH>{} + a;
            lower[v] += reinterpret_cast<Vector>(b << 16) * reinterpret_cast<Vector>(pair << 16);
            upper[v] += reinterpret_cast<Vector>(b & 0xffff0000u) * reinterpret_cast<Vector>(pair & 0xffff0000u);
          }
        }
        for (int v = 0; v < VECTORS; v++) sum[v] += lower[v] + upper[v];
      }
    }
    finish_row<VECTORS>(sum, target, r);
  }
}

#ifdef MLPCONV_AMX
// Assembly text instead of intrinsics, as in bfloat16.h. The numbers of the registers are part of the instructions.
template <int TO>
[[gnu::always_inline]] inline void load_tile(const void* from, int64_t stride) {
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(from), "r"(stride), "i"(TO) : "memory");
}
template <int FROM>
[[gnu::always_inline]] inline void store_tile(float* to, int64_t stride) {
  asm volatile("tilestored %%tmm%c2, (%0,%1,1)" : : "r"(to), "r"(stride), "i"(FROM) : "memory");
}
template <int TO>
[[gnu::always_inline]] inline void clear_tile() {
  asm volatile("tilezero %%tmm%c0" : : "i"(TO));
}
template <int SUM, int A, int B>
[[gnu::always_inline]] inline void multiply_tiles() {
  asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(SUM), "i"(A), "i"(B));
}

// Sums are in the registers from 0, factors in A and B, and what is left of a run behind its whole tiles in A_REST and B_REST.
constexpr int A = 4, B = 5, A_REST = 6, B_REST = 7;

template <>
struct TileRegisters<AmxBfloat16> {
  explicit TileRegisters(int64_t length) {
    struct alignas(64) {
      uint8_t palette, start, reserved[14];
      uint16_t bytes_per_row[16];
      uint8_t rows[16];
    } sizes = {};
    sizes.palette = 1;
    for (int i = 0; i < 8; i++) {
      sizes.bytes_per_row[i] = 64;
      sizes.rows[i] = TILE;
    }
    if (const int64_t pairs = ceil_div(length % TILE_DEPTH, 2)) {
      sizes.bytes_per_row[A_REST] = static_cast<uint16_t>(4 * pairs);
      sizes.rows[B_REST] = static_cast<uint8_t>(pairs);
    }
    asm volatile("ldtilecfg %0" : : "m"(sizes));
  }
  ~TileRegisters() { asm volatile("tilerelease"); }
  TileRegisters(const TileRegisters&) = delete;
};

// Sixteen rows of the left factor, which a tile loads only if they are equally far apart, and only pairs of values; others are copied first.
struct TileRows {
  explicit TileRows(const AmxBfloat16* const* rows) : rows(rows), step(rows[1] - rows[0]) {
    for (int r = 1; r + 1 < TILE; r++) even = even && rows[r + 1] - rows[r] == step;
  }

  template <int TO>
  [[gnu::always_inline]] void load(int64_t at, int64_t count) const {
    if (even && count % 2 == 0) return load_tile<TO>(rows[0] + at, 2 * step);
    alignas(64) AmxBfloat16 copy[TILE * TILE_DEPTH];
    const auto mask = static_cast<__mmask32>(count == TILE_DEPTH ? ~0u : (1u << count) - 1);
    for (int r = 0; r < TILE; r++) _mm512_store_si512(copy + r * TILE_DEPTH, _mm512_maskz_loadu_epi16(mask, rows[r] + at));
    load_tile<TO>(copy, 2 * TILE_DEPTH);
  }

  const AmxBfloat16* const* rows;
  int64_t step;  // in values
  bool even = true;
};

// Multiplies HALVES * 16 rows; REST tells whether runs end in a part of a tile.
template <int VECTORS, int HALVES, bool REST>
[[gnu::noinline]] void add_runs_in_tiles(const AmxBfloat16* const* rows, int64_t runs, int64_t stride, int64_t length, const AmxBfloat16* panel,
                                         const Target& target) {
  constexpr int64_t PANEL_ROW = VECTORS * 64;  // bytes
  const auto each_sum = [](const auto& body) {
    const auto of_half = [&](auto half) {
      body(half, std::integral_constant<int, 0>{});
      if constexpr (VECTORS > 1) body(half, std::integral_constant<int, 1>{});
      if constexpr (VECTORS > 2) body(half, std::integral_constant<int, 2>{});
    };
    of_half(std::integral_constant<int, 0>{});
    if constexpr (HALVES > 1) of_half(std::integral_constant<int, 1>{});
  };
  each_sum([&](auto half, auto vector) {
    constexpr int SUM = half * VECTORS + vector;
    if (target.bias) load_tile<SUM>(target.bias + vector * WIDTH, 0);
    else clear_tile<SUM>();
  });
  const TileRows first(rows), second(rows + (HALVES - 1) * TILE);
  const auto multiply = [&](auto a, auto b, int64_t at, int64_t count) {
    each_sum([&](auto half, auto vector) {
      if constexpr (vector == 0) (half == 0 ? first : second).template load<a>(at, count);
      load_tile<b>(panel + vector * 2 * WIDTH, PANEL_ROW);
      multiply_tiles<half * VECTORS + vector, a, b>();
    });
    panel += ceil_div(count, 2) * VECTORS * 2 * WIDTH;
  };
  // Where there are no rests, their registers hold a second tile of each factor, so that each tile is loaded once.
  const auto multiply_once = [&](int64_t at) {
    first.template load<A>(at, TILE_DEPTH);
    if constexpr (HALVES > 1) second.template load<A_REST>(at, TILE_DEPTH);
    const auto multiply_vector = [&](auto vector, auto b) {
      load_tile<b>(panel + vector * 2 * WIDTH, PANEL_ROW);
      multiply_tiles<vector, A, b>();
      if constexpr (HALVES > 1) multiply_tiles<VECTORS + vector, A_REST, b>();
    };
    multiply_vector(std::integral_constant<int, 0>{}, std::integral_constant<int, B>{});
    if constexpr (VECTORS > 1) multiply_vector(std::integral_constant<int, 1>{}, std::integral_constant<int, B_REST>{});
    if constexpr (VECTORS > 2) multiply_vector(std::integral_constant<int, 2>{}, std::integral_constant<int, B>{});
    panel += TILE_DEPTH * VECTORS * WIDTH;
  };
  const int64_t whole = length - length % TILE_DEPTH;
  for (int64_t run = 0; run < runs; run++) {
    if constexpr (!REST) {
      for (int64_t i = 0; i < length; i += TILE_DEPTH) multiply_once(run * stride + i);
      continue;
    }
    for (int64_t i = 0; i < whole; i += TILE_DEPTH) {
      multiply(std::integral_constant<int, A>{}, std::integral_constant<int, B>{}, run * stride + i, TILE_DEPTH);
    }
    if (whole < length) multiply(std::integral_constant<int, A_REST>{}, std::integral_constant<int, B_REST>{}, run * stride + whole, length - whole);
  }
  alignas(64) float sums[HALVES * TILE][VECTORS][WIDTH];
  each_sum([&](auto half, auto vector) { store_tile<half * VECTORS + vector>(sums[half * TILE][vector], PANEL_ROW); });
  for (int r = 0; r < target.rows; r++) {
    Vector sum[VECTORS];
    for (int v = 0; v < VECTORS; v++) sum[v] = mlpconv::load<Vector>(sums[r][v]);
    finish_row<VECTORS>(sum, target, r);
  }
}

template <int VECTORS>
void add_runs(const AmxBfloat16* const* rows, int64_t runs, int64_t stride, int64_t length, const AmxBfloat16* panel, const Target& target) {
  constexpr int HALVES = ROWS<VECTORS, AmxBfloat16> / TILE;
  const bool rest = length % TILE_DEPTH, one = HALVES == 1 || target.rows <= TILE;
  const auto run = one ? rest ? add_runs_in_tiles<VECTORS, 1, true> : add_runs_in_tiles<VECTORS, 1, false>
                       : rest ? add_runs_in_tiles<VECTORS, HALVES, true> : add_runs_in_tiles<VECTORS, HALVES, false>;
  run(rows, runs, stride, length, panel, target);
}
#endif

}  // namespace mlpconv
