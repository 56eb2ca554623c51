// The archive's own record of what was put into it. A bit that flips in a segment's page header, in
// its padding or behind its last record is seen by no checksum of Postgres, and replay goes on; so
// archive-push writes down the digest of what it read, and archive-get serves nothing else.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

/// The record's name in the archive: no WAL file has it. A line a file, as sha256sum writes them,
/// so that `sha256sum --check` reads it too.
constexpr std::string_view archive_digests_name = ".pgrehearse-digests";

/// Every digest under which a file was pushed, in order. More than one: other bytes were pushed
/// under a name that was taken, and were refused.
using ArchiveDigests = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Nothing when the archive has no record: then something else than archive-push filled it. Throws
/// Error{io}, and Error{archive_gap} naming the line that is none. A last line without its end is
/// one that a push did not finish: it counts for nothing.
[[nodiscard]] std::optional<ArchiveDigests> archive_digests_of(
    const std::filesystem::path& archive);

/// Notes the digest durably, unless the record has it already. Throws Error{io}.
void note_archived(
    const std::filesystem::path& archive, const std::string& name, const std::string& sha256);

/// Why a file with that digest is not what was archived; nothing when it is, and nothing when there
/// is no record. Throws as archive_digests_of.
[[nodiscard]] std::optional<std::string> why_not_as_archived(
    const std::filesystem::path& archive, const std::string& name, const std::string& sha256);

}  // namespace pgrehearse
