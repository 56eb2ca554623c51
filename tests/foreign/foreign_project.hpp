// A project of somebody else's in a place of its own, and pgrehearse asked about it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/foreign/recipe.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {

struct Answer {
  int status = -1;
  std::string said = {};
};

class ForeignProject : public testing::Test {
 protected:
  /// Skips where servers cannot be started or packages not be had.
  void SetUp() override;

  Answer answer_to(
      std::vector<std::string> arguments, Milliseconds patience = Milliseconds{300'000});
  /// A clean copy, nothing written into it.
  [[nodiscard]] std::filesystem::path copied(const Recipe& recipe);
  /// A clean copy, with what init writes into it; `init` gets its answer when it is asked.
  std::filesystem::path initialised(const Recipe& recipe, Answer& init);
  /// `pgrehearse VERB` with a report folder of its own.
  Answer drill(const std::filesystem::path& repository, std::vector<std::string> arguments);

 private:
  Sandbox sandbox_;
};

}  // namespace pgrehearse
