// N numbers side by side as one value, on the vector extensions of GCC and clang: what the machine has narrower they split, so that
// kernels which hold few values at a time are written once for every instruction set.
#pragma once

#include <cstdint>
#include <cstring>

namespace mlpconv {

template <class T, int N>
struct LanesOf {
  typedef T type __attribute__((vector_size(N * sizeof(T))));
};
template <class T>
struct LanesOf<T, 1> {
  typedef T type;
};

template <int N>
using Floats = typename LanesOf<float, N>::type;
template <int N>
using Ints = typename LanesOf<int32_t, N>::type;
template <int N>
using Words = typename LanesOf<uint32_t, N>::type;

// memcpy, because the numbers need not be aligned; it becomes one instruction.
template <class V, class T>
inline V load(const T* from) {
  V value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class V, class T>
inline void store(T* to, V value) {
  std::memcpy(to, &value, sizeof value);
}

}  // namespace mlpconv
