// A small repository with a change to its schema, and the gate that judges it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/program/sandbox.hpp"

namespace pgrehearse {

class GateTest : public testing::Test {
 protected:
  /// Skips where there is no local engine.
  void SetUp() override;

  void git(const std::vector<std::string>& words) const;
  void commit(const std::string& message) const;
  /// Writes the one new migration, anew each time.
  void migration(const std::string& up, const std::string& down = "") const;

  /// The last verdict of each check, by its name; the exit status under "exit". What the program
  /// said is in said_, its record in record_.
  std::map<std::string, std::string> gated(const std::vector<std::string>& more = {});
  std::map<std::string, std::string> gated_alone() {
    return gated({"--gtest_filter=SchemaChange.*"});
  }

  Sandbox sandbox_;
  std::string base_ = "main";
  std::string engine_ = "local";
  std::string said_;
  std::string record_;
};

}  // namespace pgrehearse
