// A real server of this host, in a private folder, for the length of one test suite.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/base/files.hpp"
#include "harness/pg/session.hpp"
#include "harness/process/program.hpp"

namespace pgrehearse {

class [[nodiscard]] PrivateServer {
 public:
  /// Starts it with SCRAM passwords on a port of the loopback. Throws Error.
  PrivateServer();
  ~PrivateServer();
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;

  /// A replica that streams from `primary`, which must outlive it. Throws Error.
  [[nodiscard]] static std::unique_ptr<PrivateServer> standby_of(const PrivateServer& primary);

  /// Why none can run on this host, if so.
  [[nodiscard]] static std::optional<std::string> missing();

  [[nodiscard]] ConnectionSpec connection() const;
  /// A program of the server's own version, as the account that owns the data.
  [[nodiscard]] Completed run_as_owner(Program program) const;
  [[nodiscard]] static std::string path_of(const std::string& program);
  [[nodiscard]] std::string data_path() const { return folder_.path() / "data"; }

 private:
  enum class Empty {};
  explicit PrivateServer(Empty /*without data*/);
  void initialise() const;
  void start();
  [[nodiscard]] std::string options() const;
  [[nodiscard]] std::string log_path() const { return folder_.path() / "log"; }

  TempDir folder_{"pgrehearse-test"};
  Secret password_ = Secret{"it's a \\ \"100%\" secret"};
  std::uint16_t port_ = 0;
};

}  // namespace pgrehearse
