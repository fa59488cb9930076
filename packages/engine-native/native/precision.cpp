// The choice of the precision, and what of it this CPU has.
#include "precision.h"

#include "api.h"
#include "thread-pool.h"

#ifdef MLPCONV_AMX
#include <cpuid.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif
#endif

namespace mlpconv {
namespace {

// Each thread that calls kernels has its own choice, so that one Worker's does not change another's. Not to be read in tasks of a parallel loop.
thread_local Precision chosen = Precision::FULL;

bool has_avx512_bf16() {
#ifdef __AVX512F__
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

// Whether the CPU has AMX with bfloat16, and the system lets this process use its registers. Linux grants them on request, and then
// saves 8 KB more for each signal, so that small signal stacks are refused: so they are requested only where AMX is wanted.
bool has_amx() {
#if defined(MLPCONV_AMX) && defined(__linux__) && defined(SYS_arch_prctl)
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  constexpr unsigned AMX_BF16 = 1u << 22, AMX_TILE = 1u << 24;
  if (!(d & AMX_BF16) || !(d & AMX_TILE)) return false;
  constexpr long REQUEST_PERMISSION = 0x1023, TILE_DATA = 18;
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
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
    auto wanted = static_cast<Precision>(value);
    // What the kernels round is converted by AVX-512 BF16 before AMX multiplies it.
    const bool avx512 = has_avx512_bf16();
    const bool amx = (wanted == Precision::MIXED || wanted == Precision::AMX) && avx512 && has_amx();
    if (wanted == Precision::MIXED) wanted = amx ? Precision::AMX : Precision::AVX512;
    if (wanted == Precision::AVX512 && !avx512) refuse("expected a CPU with AVX-512 BF16 and kernels for AVX-512, got %s", mlpconv_isa());
    if (wanted == Precision::AMX && !amx) refuse("expected a CPU and a system with AMX for bfloat16 and kernels for AVX-512, got %s", mlpconv_isa());
    chosen = wanted;
  });
}

int mlpconv_precision() { return static_cast<int>(chosen); }
