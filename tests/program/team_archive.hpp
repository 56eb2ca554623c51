// Continuous archiving as a team sets it up on its own server, by pgBackRest or any command.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/secret.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {

class TeamArchive {
 public:
  explicit TeamArchive(PrivateServer& server) : server_(server) {}

  /// Where the account of the server may write.
  [[nodiscard]] std::filesystem::path home() const;
  /// Runs it under that account. A failure of it is one of the test.
  void by_owner(std::vector<std::string> argv) const;
  /// Restarts the server with it, and with a socket in home().
  void archive_by(const std::string& command) const;
  /// Until the archive has what was written so far.
  void await() const;

  /// Archives by pgBackRest from now on, into the repository that these lines of its configuration
  /// say ("repo1-path=..."), encrypted.
  void make_pgbackrest(const std::string& repository, const Secret& passphrase) const;
  /// pgBackRest with that configuration and these words.
  void pgbackrest(std::vector<std::string> words) const;

 private:
  PrivateServer& server_;
};

}  // namespace pgrehearse
