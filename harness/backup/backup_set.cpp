#include "harness/backup/backup_set.hpp"

#include <charconv>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds hours_at_most = std::chrono::hours{4};

}  // namespace

void count_files(BackupSet& set) {
  for (const std::string& line : lines_of(set.digest_list)) {
    const std::size_t space = line.find(' ');
    std::int64_t bytes = 0;
    if (space == 64 &&
        std::from_chars(line.data() + space + 1, line.data() + line.size(), bytes).ec ==
            std::errc{}) {
      ++set.files;
      set.bytes += bytes;
    }
  }
}

void copy_verified(Instance& instance, const BackupSet& set, const std::string& into) {
  const std::string list = instance.path_of(Place::scratch) + "/" + set.id + ".digests";
  put_file(instance, list, set.digest_list);
  const std::string from = instance.path_of_volume(set.volume) + "/" + set.folder;
  const Completed copied =
      instance.exec({.argv = {instance.path_of(Place::agent), "copy-set", from, into, list},
          .deadline = hours_at_most});
  if (!copied.ok()) {
    // The agent tells a set that is not what was taken from a copy that could not be made.
    const bool differs = copied.status == 2;
    throw Error{differs ? ErrorCode::backup_unusable : ErrorCode::program_failed,
        fmt::format("backup set {} was not restored: {}", set.id,
            copied.err.empty() ? "no reason given" : joined(lines_of(copied.err), "; ")),
        differs ? "Nothing of it was used. Restore an older verified set."
                : "Is there room for it, and can it be read?"};
  }
}

}  // namespace pgrehearse
