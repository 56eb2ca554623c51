// Keeps the run's record in step with GoogleTest: every selected case is in it from the start as
// "not finished", so that a kill leaves a truthful report.
#pragma once

#include <cstddef>

#include <gtest/gtest.h>

#include "harness/base/time.hpp"
#include "harness/drill/run.hpp"

namespace pgrehearse {

class RecordListener : public testing::EmptyTestEventListener {
 public:
  /// `run` outlives the listener.
  explicit RecordListener(Run& run) : run_(run) {}

  void OnTestIterationStart(const testing::UnitTest& unit_test, int iteration) override;
  void OnTestEnd(const testing::TestInfo& info) override;

 private:
  void tell_time_left();

  Run& run_;
  SteadyTime began_ = SteadyTime::now();
  std::size_t ended_ = 0;
};

}  // namespace pgrehearse
