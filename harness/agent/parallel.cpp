#include "harness/agent/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace pgrehearse {
namespace {

constexpr std::size_t most_threads = 8;

}  // namespace

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& job) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr first_problem;
  std::mutex guard;
  const auto work = [&] {
    try {
      for (std::size_t index = next++; index < count; index = next++) {
        job(index);
      }
    } catch (...) {
      next = count;
      const std::scoped_lock lock{guard};
      first_problem = first_problem ? first_problem : std::current_exception();
    }
  };
  const std::size_t cores =
      std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, most_threads);
  {
    std::vector<std::jthread> others;
    for (std::size_t thread = 1; thread < std::min(cores, count); ++thread) {
      others.emplace_back(work);
    }
    work();
  }
  if (first_problem) {
    std::rethrow_exception(first_problem);
  }
}

}  // namespace pgrehearse
