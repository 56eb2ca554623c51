// Is an archive fit to be recovered from? Asked of its files alone, before a recovery has to find
// out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/pg/lsn.hpp"

namespace pgrehearse {

/// One file of an archive, as pgrehearse-agent survey-archive tells it.
struct SurveyedFile {
  std::string name;
  bool regular = true;
  std::uint64_t bytes = 0;
  std::string sha256 = {};
  struct Page {
    TimelineId timeline{0};  ///< on which the segment was begun
    Lsn address = {};
    std::uint64_t system_identifier = 0;
    std::uint64_t segment_bytes = 0;
  };
  std::optional<Page> page = {};          ///< of a segment that says what it is
  std::vector<std::string> digests = {};  ///< of what was archived under this name
};

struct SurveyedArchive {
  std::string record = {};  ///< "whole", "none", or what is wrong with the record of digests
  std::vector<SurveyedFile> files = {};
};

/// Throws Error{program_failed} for what survey-archive does not write.
[[nodiscard]] SurveyedArchive surveyed_archive_in(std::string_view text);

/// Name to SHA-256 of its WAL files.
[[nodiscard]] std::map<std::string, std::string> listing_of(const SurveyedArchive& archive);

/// What a recovery will want of it.
struct ArchiveNeed {
  TimelineId timeline{1};               ///< the newest that should be there
  Lsn from = {};                        ///< where replay begins; what lies before may be anything
  std::uint64_t system_identifier = 0;  ///< 0: not known, but one and the same in all segments
  bool recorded = true;                 ///< false: a copy, of whose files no digests were noted
};

enum class ArchiveFault {
  gap,          ///< a segment between two others is not there
  other_bytes,  ///< not what was archived under this name
  not_vouched,  ///< no digest was noted when it came, though others have one
  duplicate,    ///< other bytes were to be archived under the same name, and were refused
  partial,      ///< the last segment of a timeline that was left: recovery never asks for it
  foreign,      ///< of a cluster with another system identifier
  timeline,     ///< a segment or a history of a timeline that should not be there
  misplaced,    ///< the segment says it begins elsewhere, or has the wrong size, or says nothing
  stray,        ///< no WAL file at all
  no_record,    ///< nobody noted the digests, or the notes are damaged
};
[[nodiscard]] std::string_view name_of(ArchiveFault fault);

struct ArchiveFinding {
  ArchiveFault fault;
  std::string file;  ///< empty: the archive as a whole
};
/// "000000010000000000000007: gap"
[[nodiscard]] std::string text_of(const ArchiveFinding& finding);

/// Everything that is wrong, in the order of the names. An empty archive has a gap: nobody can
/// recover from it.
[[nodiscard]] std::vector<ArchiveFinding> audit_of(
    const SurveyedArchive& archive, const ArchiveNeed& need);

}  // namespace pgrehearse
