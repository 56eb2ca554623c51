#include "harness/agent/parallel.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

TEST(InParallel, RunsEveryJobOnce) {
  for (const std::size_t count : {0U, 1U, 2U, 1000U}) {
    std::vector<std::atomic<int>> runs(count);
    in_parallel(count, [&](std::size_t job) { ++runs[job]; });
    for (const std::atomic<int>& run : runs) {
      EXPECT_EQ(run, 1);
    }
  }
}

TEST(InParallel, ThrowsWhatAJobThrewAndBeginsNoMore) {
  std::atomic<std::size_t> begun{0};
  constexpr std::size_t count = 1'000'000'000;  // more than anybody begins while a job throws
  try {
    in_parallel(count, [&](std::size_t job) {
      ++begun;
      if (job == 3) {
        throw std::runtime_error{"the third"};
      }
    });
    ADD_FAILURE() << "nothing was thrown";
  } catch (const std::runtime_error& problem) {
    EXPECT_EQ(problem.what(), std::string{"the third"});
  }
  EXPECT_LT(begun, count);
}

}  // namespace
}  // namespace pgrehearse
