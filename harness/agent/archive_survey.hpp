// Everything there is to know of an archive without replaying it: what lies there, what each file
// says of itself, and what was said of it when it was archived. It judges nothing: an archive may
// be damaged in any way, and still be surveyed. harness/backup/archive_audit.hpp judges.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/agent/wal_file.hpp"

namespace pgrehearse {

struct ArchivedFile {
  std::string name;
  bool regular = true;      ///< a file, and not a folder, a link, a pipe
  std::uint64_t bytes = 0;  ///< regular files only, as the next two
  std::string sha256 = {};
  std::optional<WalFirstPage> page = {};
  std::vector<std::string> digests = {};  ///< of what was pushed under this name
};

struct ArchiveSurvey {
  std::string record;  ///< "whole", "none", or what is wrong with the record of digests
  std::vector<ArchivedFile> files = {};  ///< sorted bytewise by name
};

/// Reads every file. Left out are the record itself and files that a push has not finished. Throws
/// Error{io} for what cannot be read.
[[nodiscard]] ArchiveSurvey survey_of_archive(const std::filesystem::path& archive);

/// The state of the record, then ten fields a file (name, "file" or "other", bytes, SHA-256,
/// "page" or "no page", its timeline, address, system identifier and segment size, and the digests
/// with a space between), each ended by a zero byte: the only one that no name can hold.
[[nodiscard]] std::string text_of(const ArchiveSurvey& survey);

}  // namespace pgrehearse
