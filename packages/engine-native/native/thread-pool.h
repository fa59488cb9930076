// Persistent worker threads, and a parallel loop. The assignment of tasks to threads depends on timing; the result of a task must not, so that
// results are reproducible. The calling thread works too.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <new>

#include "api.h"

namespace mlpconv {

// Calls body(0) ... body(count - 1) and returns when all calls have ended. What a body refuses is refused here.
void parallel_for(int64_t count, const std::function<void(int64_t)>& body);

// Stores the text for mlpconv_error() and returns 1.
int fail(const char* format, ...);

// Ends the kernel with that text: by an exception, or in WebAssembly by one of JavaScript.
[[noreturn]] void refuse(const char* format, ...);

// Runs a kernel's body; what it refuses becomes an error code.
template <class Body>
int guarded(const Body& body) {
#ifdef __wasm__
  body();
  return 0;
#else
  try {
    body();
    return 0;
  } catch (const std::bad_alloc&) {
    return fail("native: expected memory for a kernel, got none; take a smaller batch");
  } catch (const std::exception& error) {
    return fail("native: %s", error.what());
  }
#endif
}

}  // namespace mlpconv
