// Persistent worker threads and the loop that they share. Which thread runs a task depends on timing, what a task computes must not:
// then results do not either. The calling thread works too.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>

#include "api.h"

namespace mlpconv {

// Calls body(0) ... body(count - 1) and returns when all have ended; throws the first exception that a body threw.
void parallel_for(int64_t count, const std::function<void(int64_t)>& body);

// Keeps the text for mlpconv_error() and returns 1.
int fail(const char* format, ...);

// Runs a kernel's body; an exception becomes an error code.
template <class Body>
int guarded(const Body& body) {
  try {
    body();
    return 0;
  } catch (const std::bad_alloc&) {
    return fail("native: expected memory for a kernel, got none; take a smaller batch");
  } catch (const std::exception& error) {
    return fail("native: %s", error.what());
  }
}

}  // namespace mlpconv
