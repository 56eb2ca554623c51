// A team's own cache, started beside the harness for as long as a drill needs it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "harness/process/background.hpp"

namespace pgrehearse {

/// Listens on the loopback, on the port that it finds in PORT. Any protocol will do: that somebody
/// takes connections there is all that is known of it. Ends with the object, and with the harness
/// however that dies. What it writes is kept in its folder and repeated nowhere: it may hold
/// values. It belongs to the thread that made it.
class [[nodiscard]] CacheServer {
 public:
  /// `folder` is made here for its log, and removed; it is written down beforehand. Returns when
  /// the server takes connections. Throws Error{program_failed} when it cannot be started,
  /// Error{instance_failed} when it ends, or lets the program's deadline pass, before that.
  CacheServer(const Program& program, std::filesystem::path folder);
  /// SIGTERM, and SIGKILL two seconds later.
  ~CacheServer();
  CacheServer(const CacheServer&) = delete;
  CacheServer& operator=(const CacheServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Nobody else may have taken its port: a server that has ended answers nothing.
  [[nodiscard]] bool has_ended() { return program_->ended().has_value(); }

 private:
  void start(Program program);
  void remove_folder() noexcept;

  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Background> program_;
};

}  // namespace pgrehearse
