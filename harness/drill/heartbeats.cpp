#include "harness/drill/heartbeats.hpp"

#include <system_error>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* last_backup = "LAST_SUCCESS.txt";
constexpr const char* last_base_backup = "LAST_BASEBACKUP.txt";
constexpr const char* last_wal_sync = "wal_sync_last_ok.txt";

void write_mark(const fs::path& file, Timestamp when) {
  write_file(file, when.text() + "\n", 0600);
}

std::optional<Timestamp> mark_in(const fs::path& file) {
  try {
    return Timestamp::parse(trimmed(read_file(file)));
  } catch (const Error&) {
    return std::nullopt;  // none there, or no instant in it: either way nobody knows
  }
}

}  // namespace

Heartbeats::Heartbeats(fs::path folder) : folder_(std::move(folder)) {
  make_private_directory(folder_);
}

Heartbeats::~Heartbeats() {
  std::error_code
      ignored;  // the folder lies in the run's own, which is looked at when the run ends
  fs::remove_all(folder_, ignored);
}

void Heartbeats::backup_taken() const {
  const Timestamp now = Timestamp::now();
  write_mark(folder_ / last_backup, now);
  write_mark(folder_ / last_base_backup, now);
}

void Heartbeats::wal_archived() const {
  write_mark(folder_ / last_wal_sync, Timestamp::now());
}

Marks Heartbeats::read() const {
  return {mark_in(folder_ / last_backup), mark_in(folder_ / last_base_backup),
      mark_in(folder_ / last_wal_sync)};
}

void Heartbeats::set_back(Milliseconds time) const {
  for (const char* name : {last_backup, last_base_backup, last_wal_sync}) {
    if (const std::optional<Timestamp> mark = mark_in(folder_ / name)) {
      write_mark(folder_ / name, *mark + (-time));
    }
  }
}

}  // namespace pgrehearse
