// A place of its own for runs of the real program: private state, private reports, and no settings
// of the person who runs the tests. Templates are shared with everyone: making them is not what is
// tested.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/files.hpp"

namespace pgrehearse {

class [[nodiscard]] Sandbox {
 public:
  /// Also writes a small subject of one table to subject().
  Sandbox();
  ~Sandbox() = default;
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  /// PGREHEARSE_STATE_DIR of every program started here.
  [[nodiscard]] std::filesystem::path state() const { return path() / "s"; }
  /// The folder of the small subject's drill.yaml, migrations/ and seed.sql.
  [[nodiscard]] std::filesystem::path subject() const { return path() / "subject"; }
  /// A path in here that nobody had before.
  [[nodiscard]] std::filesystem::path fresh(std::string_view name);
  /// "NAME=value": this process' environment without any choice made for pgrehearse.
  [[nodiscard]] std::vector<std::string> environment() const;
  /// Run ids that still have a folder here.
  [[nodiscard]] std::vector<std::string> runs_on_disk() const;

 private:
  TempDir folder_;
  int given_ = 0;
};

/// Exchanges the only place where `what` stands in the file. Throws Error{bad_value} otherwise.
void replace_in(
    const std::filesystem::path& file, std::string_view what, const std::string& replacement);

/// Empty when drills can run on this engine here, else why not.
[[nodiscard]] std::string missing_engine(const std::string& engine);

}  // namespace pgrehearse
