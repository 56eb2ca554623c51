#include "harness/cli/jobs.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

constexpr std::int64_t gibibyte = 1024LL * 1024 * 1024;

TEST(Jobs, AreOneForMeasuredDrillsUnlessAskedFor) {
  const Room wide{.cores = 8, .available_bytes = 64 * gibibyte};
  EXPECT_EQ(jobs_that_fit(false, wide), 1);
}

TEST(Jobs, OfTheTrialAreBoundedByCoresAndByMemory) {
  EXPECT_EQ(jobs_that_fit(true, {.cores = 2, .available_bytes = 24 * gibibyte}), 2);
  EXPECT_EQ(jobs_that_fit(true, {.cores = 16, .available_bytes = 3 * gibibyte}), 3);
  EXPECT_EQ(jobs_that_fit(true, {.cores = 4, .available_bytes = 0}), 1);
}

TEST(Jobs, KnowThisMachine) {
  EXPECT_GE(room_here().cores, 1);
  EXPECT_GT(room_here().available_bytes, 0);
}

}  // namespace
}  // namespace pgrehearse
