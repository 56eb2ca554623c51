#include "harness/engine/local_sweep.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/text.hpp"
#include "harness/engine/journal_file.hpp"
#include "harness/engine/local_removal.hpp"
#include "harness/engine/run_scope.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view process_kind = "process";
constexpr std::string_view memory_kind = "shared memory";
constexpr std::string_view folder_kind = "directory";

// They inherit our mark from the container program's command line, serve one container or all of
// them, and are that program's to end.
constexpr std::array<std::string_view, 8> container_helpers{"conmon", "catatonit", "slirp4netns",
    "pasta", "rootlessport", "aardvark-dns", "fuse-overlayfs", "netavark"};

using Journals = std::map<std::string, JournalContent>;  // by run id

fs::path runs_folder() {
  return state_dir() / "runs";
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code problem;
  for (const fs::directory_entry& entry : fs::directory_iterator{folder, problem}) {
    entries.push_back(entry.path());
  }
  return entries;
}

Journals journals_here() {
  Journals journals;
  for (const fs::path& entry : entries_of(runs_folder())) {
    if (std::optional<JournalContent> journal = read_journal(entry); journal.has_value()) {
      journals.emplace(journal->run_id, std::move(*journal));
    }
  }
  return journals;
}

// The run whose process this is; empty when it is nobody's.
std::string run_of(const SeenProcess& process) {
  if (std::find(container_helpers.begin(), container_helpers.end(), process.program) !=
      container_helpers.end()) {
    return "";
  }
  if (std::string mark = variable_of(process.pid, "PGREHEARSE_OWNER"); !mark.empty()) {
    return mark;
  }
  const fs::path folder = folder_of(process.pid);
  if (process.has_terminal || !lies_in(folder, runs_folder())) {
    return "";
  }
  const fs::path below = folder.lexically_relative(runs_folder());
  // runs/<run-id>/<instance>/...: a person may look at the run's own folder.
  return std::distance(below.begin(), below.end()) >= 2 ? below.begin()->string() : std::string{};
}

std::string owner_of(const Journals& journals, const std::string& run_id) {
  const auto journal = journals.find(run_id);
  return journal == journals.end() ? std::string{} : journal->second.owner;
}

void add_processes(const Journals& journals, std::vector<Owned>& found) {
  const std::vector<pid_t> spared = own_line();
  for (const SeenProcess& process : processes_seen()) {
    if (std::find(spared.begin(), spared.end(), process.pid) != spared.end()) {
      continue;
    }
    if (const std::string run_id = run_of(process); !run_id.empty()) {
      found.push_back({.kind = std::string{process_kind},
          .name = fmt::format("{}:{} {}", process.pid, process.start_ticks, process.program),
          .run_id = run_id,
          .owner = owner_of(journals, run_id)});
    }
  }
}

void add_shared_memory(const Journals& journals, std::vector<Owned>& found) {
  for (const auto& [run_id, journal] : journals) {
    for (const SharedMemory& segment : shared_memory_of(runs_folder() / run_id)) {
      found.push_back({.kind = std::string{memory_kind},
          .name = fmt::format("{} {}", segment.id, segment.data_directory),
          .run_id = run_id,
          .owner = journal.owner});
    }
  }
}

void add_unfinished(const fs::path& folder, std::vector<Owned>& found) {
  for (const fs::path& entry : entries_of(folder)) {
    const std::optional<std::string> owner = owner_of_unfinished(entry.filename().string());
    if (owner.has_value() && fs::is_directory(fs::symlink_status(entry))) {
      found.push_back({.kind = std::string{folder_kind},
          .name = entry.string(),
          .run_id = {},
          .owner = *owner});
    }
  }
}

// "1234:56789 postgres"
bool remove_process(const std::string& name) {
  const std::vector<std::string> numbers = split(split(name, ' ').front(), ':');
  const auto pid = static_cast<pid_t>(std::strtol(numbers.front().c_str(), nullptr, 10));
  const std::optional<SeenProcess> process = process_seen(pid);
  if (!process.has_value() || std::to_string(process->start_ticks) != numbers.back()) {
    return true;
  }
  kill_exactly(*process);
  return !process_seen(pid).has_value();  // may take a moment: the next look tells
}

bool remove_memory(const std::string& name) {
  const std::size_t blank = name.find(' ');
  return remove_shared_memory({.id = static_cast<int>(std::strtol(name.c_str(), nullptr, 10)),
      .data_directory = name.substr(blank + 1)});
}

// The journal goes last: a sweep that is itself killed leaves a folder that still says whose it is.
bool remove_run_folder(const fs::path& folder) {
  bool all_gone = true;
  for (const fs::path& entry : entries_of(folder)) {
    if (entry.filename() != "journal") {
      all_gone = !remove_tree(entry).has_value() && all_gone;
    }
  }
  return all_gone && !remove_tree(folder).has_value();
}

}  // namespace

std::vector<Owned> find_owned_locally() {
  std::vector<Owned> found;
  const Journals journals = journals_here();
  add_processes(journals, found);
  add_shared_memory(journals, found);
  for (const auto& [run_id, journal] : journals) {
    found.push_back({.kind = std::string{folder_kind},
        .name = (runs_folder() / run_id).string(),
        .run_id = run_id,
        .owner = journal.owner});
  }
  add_unfinished(runs_folder(), found);
  add_unfinished(cache_dir() / "templates", found);
  return found;
}

bool remove_owned_local_thing(const Owned& owned) {
  if (owned.kind == process_kind) {
    return remove_process(owned.name);
  }
  if (owned.kind == memory_kind) {
    return remove_memory(owned.name);
  }
  if (owned.kind != folder_kind) {
    return false;
  }
  const fs::path folder = owned.name;
  if (owned.run_id.empty()) {
    return owner_of_unfinished(folder.filename().string()) == owned.owner &&
           !remove_tree(folder).has_value();
  }
  const std::optional<JournalContent> journal = read_journal(folder);
  if (!journal.has_value() || journal->run_id != owned.run_id) {
    return !fs::exists(fs::symlink_status(folder));
  }
  return remove_run_folder(folder);
}

}  // namespace pgrehearse
