// The choice of the precision, and whether this CPU has it.
#include "precision.h"

#include "api.h"
#include "thread-pool.h"

namespace mlpconv {
namespace {

Precision chosen = Precision::FULL;

bool has_bfloat16() {
#ifdef __AVX512F__
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

}  // namespace

Precision precision() { return chosen; }

}  // namespace mlpconv

using namespace mlpconv;

int mlpconv_set_precision(int value) {
  return guarded([&] {
    const auto wanted = static_cast<Precision>(value);
    if (wanted == Precision::MIXED && !has_bfloat16()) refuse("expected a CPU with AVX-512 BF16 and kernels for AVX-512, got %s", mlpconv_isa());
    chosen = wanted;
  });
}
