// A team's own application, started beside the harness for as long as a drill asks it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "harness/process/background.hpp"
#include "harness/traffic/http.hpp"

namespace pgrehearse {

struct ApplicationStart {
  /// Its environment says where the database is. PORT is added, and the folder of our own programs
  /// at the end of PATH. `deadline` is how long it may take until it answers.
  Program program;
  std::filesystem::path folder;  ///< made here for its log, removed; written down beforehand
  std::string page = "/";        ///< asked until there is an answer, whatever its status
};

/// Listens on the loopback, on the port that it finds in PORT. Ends with the object, and with the
/// harness however that dies. What it writes is kept in its folder and repeated nowhere: it may
/// hold values. Not safe to share between threads; it belongs to the thread that made it.
class [[nodiscard]] Application {
 public:
  /// Returns when it answers. Throws Error{program_failed} when it cannot be started,
  /// Error{instance_failed} when it ends or lets the deadline pass before it answers.
  explicit Application(ApplicationStart start);
  /// SIGTERM, and SIGKILL two seconds later.
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  /// Throws Error{connection_lost} when there is no answer, also when it has ended and somebody
  /// else answers on its port.
  [[nodiscard]] HttpAnswer get(const std::string& path);
  [[nodiscard]] HttpAnswer post(const std::string& path, const std::string& body);

 private:
  void start();
  [[nodiscard]] HttpAnswer ask_it(
      const std::string& path, std::optional<std::string> body, Milliseconds deadline);

  ApplicationStart start_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Background> program_;
};

}  // namespace pgrehearse
