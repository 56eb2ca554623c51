// restore_command done right: "there is no such segment" and "I could not look" are different
// answers.
//
// Postgres takes any exit status from 1 to 125 for "no such file" and may then end recovery and
// promote, silently without the rows of the segments it was not given. A status above 125 makes it
// stop with FATAL (PostgreSQL, RestoreArchivedFile in xlogarchive.c). Every request is written
// down, so that the drill can tell why recovery ended.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/base/time.hpp"

namespace pgrehearse {

struct GetRequest {
  std::filesystem::path archive;      ///< must exist and be readable, even for "missing"
  std::string name;                   ///< what Postgres asks for (%f)
  std::filesystem::path destination;  ///< where it wants it (%p), relative to its data directory
  std::filesystem::path record;       ///< JSON lines are appended here
};

/// The value is the exit status that says it to Postgres.
enum class GetOutcome { served = 0, missing = 1, trouble = 200 };

struct GetAnswer {
  GetOutcome outcome = GetOutcome::trouble;
  std::string sha256 = {};  ///< of what was served, else empty
  std::uint64_t bytes = 0;  ///< of the file in the archive, 0 when unknown
  std::string reason = {};  ///< why it was not served, else empty
};

/// Never throws: what goes wrong is a trouble, and so is a file that is not what archive-push put
/// there (archive_digests.hpp; an archive without a record is believed). When served, the
/// destination appeared whole; otherwise it was not touched. The request stands durably in the
/// record before this returns; a record that cannot be written is a trouble too, and takes the
/// destination back.
[[nodiscard]] GetAnswer archive_get(const GetRequest& request) noexcept;

/// The line of the record, without its end:
/// {"asked":NAME,"outcome":...,"sha256":...,"bytes":...,"time":"<UTC, microseconds>","reason":...}
[[nodiscard]] std::string record_line(
    const std::string& asked, const GetAnswer& answer, Timestamp when);

}  // namespace pgrehearse
