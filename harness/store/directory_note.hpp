// The note beside each content of a DirectoryStore: what the object is, and which file holds it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/store/object_store.hpp"

namespace pgrehearse {

/// Ends the name of a note; '~' is in no key.
inline constexpr std::string_view note_suffix = "~object";

struct DirectoryNote {
  ObjectInfo info;
  std::string content_name;  ///< of the file beside the note
};

/// Nothing when there is no note. Throws Error{object_damaged} when it cannot be understood.
[[nodiscard]] std::optional<DirectoryNote> read_note(
    const std::filesystem::path& note, const std::string& key, const StoreProperties& store);
/// Replaces the note in one step.
void write_note(const std::filesystem::path& note, const DirectoryNote& content);

}  // namespace pgrehearse
