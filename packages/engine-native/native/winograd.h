// Winograd's minimal filtering F(M, R): M outputs of a filter with R taps from N = M + R - 1 products, by evaluating polynomials at N
// points (Lavin & Gray 2015, arXiv:1509.09308): y = A^T [(G g) * (B^T d)]. The points are 0, +-1, +-2, +-1/2 and infinity. The results of
// a transform at p and -p differ only in the sign of their odd part, which halves the multiplications.
#pragma once

#include <utility>

#include "vector.h"

namespace mlpconv {

template <int ROWS, int COLUMNS>
struct Matrix {
  double at[ROWS][COLUMNS] = {};
};

constexpr double POINTS[] = {0, 1, -1, 2, -2, 0.5, -0.5};

constexpr double power(double base, int exponent) { return exponent == 0 ? 1 : base * power(base, exponent - 1); }

// B^T: row j has the coefficients of the product of (x - p) over the other points; the last row over all points.
template <int N>
constexpr Matrix<N, N> data_matrix() {
  Matrix<N, N> m;
  for (int j = 0; j < N; j++) {
    m.at[j][0] = 1;
    for (int l = 0, degree = 0; l < N - 1; l++) {
      if (l == j) continue;
      degree++;
      for (int i = degree; i >= 0; i--) m.at[j][i] = (i > 0 ? m.at[j][i - 1] : 0) - POINTS[l] * m.at[j][i];
    }
  }
  return m;
}

// G: values of the filter's polynomial, divided by the product of the distances to the other points.
template <int N, int R>
constexpr Matrix<N, R> filter_matrix() {
  Matrix<N, R> m;
  for (int j = 0; j < N - 1; j++) {
    double distance = 1;
    for (int l = 0; l < N - 1; l++) distance *= l == j ? 1 : POINTS[j] - POINTS[l];
    for (int i = 0; i < R; i++) m.at[j][i] = power(POINTS[j], i) / distance;
  }
  m.at[N - 1][R - 1] = 1;
  return m;
}

// A^T: powers of the points.
template <int N, int M>
constexpr Matrix<M, N> output_matrix() {
  Matrix<M, N> m;
  for (int j = 0; j < N - 1; j++) {
    for (int i = 0; i < M; i++) m.at[i][j] = power(POINTS[j], i);
  }
  m.at[M - 1][N - 1] = 1;
  return m;
}

// Calls body with the constants 0 ... N - 1.
template <int N, class Body>
[[gnu::always_inline]] inline void unrolled(const Body& body) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) { (body(std::integral_constant<int, I>{}), ...); }
  (std::make_integer_sequence<int, N>{});
}

// out = m in, for B^T and G: rows 2k - 1 and 2k belong to p and -p.
template <int N, int C, Matrix<N, C> m>
[[gnu::always_inline]] inline void evaluate(const Vector (&in)[C], Vector (&out)[N]) {
  const auto part = [&]<int ROW, int FIRST, int STEP>() __attribute__((always_inline)) {
    Vector sum = {};
    unrolled<(C - FIRST + STEP - 1) / STEP>([&](auto i) __attribute__((always_inline)) {
      constexpr int column = FIRST + i * STEP;
      constexpr double factor = m.at[ROW][column];
      if constexpr (factor != 0) sum = multiply_add(in[column], static_cast<float>(factor), sum);
    });
    return sum;
  };
  out[0] = part.template operator()<0, 0, 1>();
  unrolled<(N - 2) / 2>([&](auto k) __attribute__((always_inline)) {
    const Vector even = part.template operator()<2 * k + 1, 0, 2>(), odd = part.template operator()<2 * k + 1, 1, 2>();
    out[2 * k + 1] = even + odd;
    out[2 * k + 2] = even - odd;
  });
  out[N - 1] = part.template operator()<N - 1, 0, 1>();
}

// out = A^T in: columns 2k - 1 and 2k belong to p and -p.
template <int M, int N, Matrix<M, N> m>
[[gnu::always_inline]] inline void interpolate(const Vector (&in)[N], Vector (&out)[M]) {
  Vector even[(N - 2) / 2], odd[(N - 2) / 2];
  unrolled<(N - 2) / 2>([&](auto k) __attribute__((always_inline)) {
    even[k] = in[2 * k + 1] + in[2 * k + 2];
    odd[k] = in[2 * k + 1] - in[2 * k + 2];
  });
  unrolled<M>([&](auto row) __attribute__((always_inline)) {
    Vector sum = {};
    if constexpr (row == 0) sum = in[0];
    if constexpr (row == M - 1) sum = in[N - 1];
    unrolled<(N - 2) / 2>([&](auto k) __attribute__((always_inline)) {
      constexpr float factor = static_cast<float>(m.at[row][2 * k + 1]);
      sum = multiply_add(row % 2 == 0 ? even[k] : odd[k], factor, sum);
    });
    out[row] = sum;
  });
}

// The two-dimensional transforms: columns, then rows. load_at(i, j) reads an input, store_at(i, j, value) writes an output.
template <int OUT, int IN, class Line, class Load, class Store>
[[gnu::always_inline]] inline void transform(const Line& line, const Load& load_at, const Store& store_at) {
  Vector half[OUT][IN];
  for (int j = 0; j < IN; j++) {
    Vector in[IN], out[OUT];
#pragma GCC unroll 8
    for (int i = 0; i < IN; i++) in[i] = load_at(i, j);
    line(in, out);
#pragma GCC unroll 8
    for (int i = 0; i < OUT; i++) half[i][j] = out[i];
  }
  for (int i = 0; i < OUT; i++) {
    Vector out[OUT];
    line(half[i], out);
#pragma GCC unroll 8
    for (int j = 0; j < OUT; j++) store_at(i, j, out[j]);
  }
}

template <int N, class Load, class Store>
[[gnu::always_inline]] inline void transform_data(const Load& load_at, const Store& store_at) {
  transform<N, N>([](const auto& in, auto& out) { evaluate<N, N, data_matrix<N>()>(in, out); }, load_at, store_at);
}

template <int N, int R, class Load, class Store>
[[gnu::always_inline]] inline void transform_filter(const Load& load_at, const Store& store_at) {
  transform<N, R>([](const auto& in, auto& out) { evaluate<N, R, filter_matrix<N, R>()>(in, out); }, load_at, store_at);
}

template <int N, int M, class Load, class Store>
[[gnu::always_inline]] inline void transform_output(const Load& load_at, const Store& store_at) {
  transform<M, N>([](const auto& in, auto& out) { interpolate<M, N, output_matrix<N, M>()>(in, out); }, load_at, store_at);
}

}  // namespace mlpconv
