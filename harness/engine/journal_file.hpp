// Reading back what a run wrote down (run_scope.hpp writes it), for whoever removes what it left.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

struct Intent {
  std::string kind;  ///< as in Owned::kind
  std::string name;
};

struct JournalContent {
  std::string run_id;
  std::string owner;
  bool kept = false;
  std::vector<Intent> intents = {};
};

/// The journal of a run's folder; nothing unless the folder is a directory of this user (not a
/// link), its name is the run id of the journal's first line, and that line names an owner. A torn
/// last line is passed over: what it would have named was not created.
[[nodiscard]] std::optional<JournalContent> read_journal(const std::filesystem::path& run_folder);

/// Whether it names a container, a network or a container engine's volume. Volumes of local
/// processes are folders, with the whole path as their name. What it does not name was not made.
[[nodiscard]] bool names_container_things(const JournalContent& journal);

/// The state folder of this user when $PGREHEARSE_STATE_DIR does not say otherwise.
[[nodiscard]] std::filesystem::path usual_state_dir();

/// Name of a folder that is still being made: ".<what>.<owner>.tmp". The owner is part of it, so a
/// folder left half-made says by itself whether anyone still works on it.
[[nodiscard]] std::string unfinished_name(std::string_view what, std::string_view owner);
/// The owner in such a name; nothing when it is not one.
[[nodiscard]] std::optional<std::string> owner_of_unfinished(std::string_view name);

}  // namespace pgrehearse
