// Who a run is, and where it writes down what it is about to create.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace pgrehearse {

/// "20261121T030928Z-1a2b3c4d": sortable, unique; labels everything the run creates.
[[nodiscard]] std::string new_run_id();

/// "boot-id:pid:start-ticks" of this process: a pid alone may be someone else's tomorrow.
[[nodiscard]] std::string owner_of_this_process();
/// True while the process that wrote `owner` still runs on this boot of this host.
[[nodiscard]] bool owner_is_alive(std::string_view owner);

/// Where runs keep their journals, and local runs their data: $PGREHEARSE_STATE_DIR, else
/// /var/tmp/pgrehearse-<uid>. Short, because Unix socket paths must stay under 108 bytes.
[[nodiscard]] std::filesystem::path state_dir();
/// Where templates are kept between runs: $PGREHEARSE_CACHE_DIR, else state_dir()/cache.
[[nodiscard]] std::filesystem::path cache_dir();

/// One run's intent lines. A line is fsynced before the thing it names is created, so that a killed
/// harness leaves a full list for the sweeper. File: state_dir()/runs/<run-id>/journal (JSON
/// lines).
class RunJournal {
 public:
  /// Makes the run's folder and writes who owns it.
  explicit RunJournal(std::string run_id);

  [[nodiscard]] const std::string& run_id() const { return run_id_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// `kind` as in Owned::kind.
  void intend(std::string_view kind, std::string_view name);
  /// The run asked for its instances to stay (run --keep): sweeping skips it unless forced.
  void keep();

 private:
  std::string run_id_;
  std::filesystem::path folder_;
};

}  // namespace pgrehearse
