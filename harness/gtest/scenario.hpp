// The fixture of every scenario: gives a gtest case its drill, and turns findings into test
// failures at the scenario's own line.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "harness/drill/drill.hpp"
#include "harness/drill/questions.hpp"

namespace pgrehearse {

class Scenario : public testing::Test {
 public:
  /// The run that every scenario of this process belongs to. GoogleTest makes fixtures itself, so
  /// this one reference cannot come through a constructor; main sets it before RUN_ALL_TESTS.
  static void belongs_to(pgrehearse::Run* run) { run_ = run; }

 protected:
  [[nodiscard]] static pgrehearse::Run& run();
  [[nodiscard]] static const Subject& subject() { return run().subject; }
  /// Begins the drill of this test case, filed in the run's record.
  [[nodiscard]] Drill begin(const std::string& scenario);
  /// A drill whose findings fail nothing: the test looks at its record. For sabotages.
  [[nodiscard]] Drill begin_unjudged(const std::string& scenario, DrillRecord& record);
  /// For GTEST_SKIP: this subject has no place for the case, because drill.yaml lacks a section.
  /// The case is not applicable, which counts neither way.
  [[nodiscard]] static std::string lacking(const std::string& section);
  /// This test case's own record.
  [[nodiscard]] static DrillRecord& record();

 private:
  inline static pgrehearse::Run* run_ = nullptr;
};

}  // namespace pgrehearse
