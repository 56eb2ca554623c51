// A small shop on a server that the drill never sees, its own backups, and the drill of them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {

class OwnBackupTest : public testing::Test {
 protected:
  void SetUp() override;

  [[nodiscard]] std::filesystem::path backups() const { return sandbox_.path() / "backups"; }
  [[nodiscard]] Session shop() const;

  /// Standard output of a client program of the server goes to a file among the backups.
  void keep(const std::string& name, std::vector<std::string> argv) const;
  void keep_dump(const std::string& name, const std::string& format) const;
  void keep_globals() const { keep("globals.sql", {"pg_dumpall", "--globals-only"}); }
  void keep_baseline();

  /// The verdict of each check, by its name; the exit status under "exit". What the program said is
  /// in said_.
  std::map<std::string, std::string> drilled(
      const std::string& artifact, const std::vector<Variable>& variables = {});

  /// The exit status of a plan of it; what it said is in said_.
  int planned(const std::string& artifact, const std::vector<Variable>& variables = {});

  Sandbox sandbox_;
  PrivateServer server_;
  std::string said_;
  std::filesystem::path report_;  ///< the folder of the last drill's reports
};

}  // namespace pgrehearse
