#include "ranges.h"

namespace mlpconv {

void run_ranges(int64_t count, int64_t cost, void (*call)(const void*, int64_t, int64_t), const void* body) {
  const int64_t wanted = (count * std::max<int64_t>(cost, 1) + GRAIN - 1) / GRAIN;
  const int64_t parts = std::min({count, wanted, 4 * static_cast<int64_t>(mlpconv_threads())});
  if (parts <= 1 || mlpconv_threads() == 1) {
    if (count > 0) call(body, 0, count);
    return;
  }
  parallel_for(parts, [&](int64_t part) { call(body, count * part / parts, count * (part + 1) / parts); });
}

}  // namespace mlpconv
