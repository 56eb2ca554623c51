// archive_command done right: the segment is in the archive, whole and durable, or Postgres is told
// no.
//
// What plain cp lacks: it can leave half a segment under the final name, overwrite another server's
// segment, and report success for bytes that only the page cache has.
#pragma once

#include <filesystem>
#include <string>

namespace pgrehearse {

struct PushRequest {
  std::filesystem::path source;   ///< the segment; Postgres gives it relative to its data directory
  std::filesystem::path archive;  ///< an existing directory
  std::string name;               ///< bare WAL file name, see wal_file_kind
};

enum class Pushed {
  stored,         ///< copied now
  already_there,  ///< the archive held the same bytes under this name; durable all the same
};

/// Copies under a temporary name ".NAME.<pid>.tmp", fsync, rename that never overwrites, fsync of
/// the directory. Removes temporary files of this archive whose writer is gone: a writer holds a
/// lock on its file, which tells the truth across containers where process ids repeat. Runs of
/// zeros become holes, so a segment that was switched early costs what it holds. The digest of what
/// was read stands in the archive's record (archive_digests.hpp) before the file does. Throws
/// Error{bad_value} for a name that is none, Error{refused} when the archive holds other bytes
/// under this name (untouched, but the attempt stands in the record), Error{archive_gap} when the
/// source is not whole, Error{io} otherwise; nothing of the attempt is left then.
Pushed archive_push(const PushRequest& request);

}  // namespace pgrehearse
