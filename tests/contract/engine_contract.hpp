// What every engine must do. The bodies are in engine_contract.cpp; an engine's own test file names
// a factory in INSTANTIATE_TEST_SUITE_P and inherits all of it.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/engine/engine.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/run_scope.hpp"

namespace pgrehearse {

/// One implementation to put through the contract.
struct EngineUnderTest {
  std::string name;  ///< "local", "docker", "podman": the test's suffix, and EngineConfig::engine
  std::function<std::unique_ptr<Engine>(const EngineConfig&, RunJournal&)> make;
  std::function<EngineState(const EngineConfig&)>
      state;  ///< not usable here: the tests skip with its detail
};
std::ostream& operator<<(std::ostream& out, const EngineUnderTest& engine);
[[nodiscard]] std::string suffix_of(const testing::TestParamInfo<EngineUnderTest>& info);

/// What find_owned() shows of a run, its folder included; and the same as text, a line each.
[[nodiscard]] std::vector<Owned> owned_by(const std::string& run_id);
[[nodiscard]] std::string listed(const std::vector<Owned>& things);
/// What `pg_ctl start -o` needs so that the server listens where the instance says.
[[nodiscard]] std::string start_options(const Instance& instance);

/// Every test has a run of its own; after it, nothing of that run may be found on the host.
class EngineContract : public testing::TestWithParam<EngineUnderTest> {
 protected:
  void SetUp() override;
  void TearDown() override;

  [[nodiscard]] Engine& engine() { return *engine_; }
  [[nodiscard]] RunJournal& journal() { return *journal_; }
  /// What find_owned() shows of this test's run, without the folder that holds the journal.
  [[nodiscard]] std::vector<Owned> owned_now() const;
  /// pg_ctl start, with the port and socket folder the instance names.
  static void start_server(Instance& instance);
  /// One value over TCP, as the superuser with this password: psql from this host to endpoint().
  /// Without an answer it gives up after `patience`, whole seconds.
  static Completed ask(const Instance& instance, const Secret& password, const std::string& sql,
      Seconds patience = Seconds{60});
  /// The engine says where a superuser's password is; this asks with it and gives the one value.
  std::string answer(const Instance& instance, const std::string& sql);

 private:
  std::unique_ptr<RunJournal> journal_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace pgrehearse
