#include "harness/drill/heartbeats.hpp"

#include <system_error>

#include "harness/base/files.hpp"
#include "harness/base/time.hpp"

namespace pgrehearse {

Heartbeats::Heartbeats(std::filesystem::path folder) : folder_(std::move(folder)) {
  make_private_directory(folder_);
}

Heartbeats::~Heartbeats() {
  std::error_code
      ignored;  // the folder lies in the run's own, which is looked at when the run ends
  std::filesystem::remove_all(folder_, ignored);
}

void Heartbeats::backup_taken() const {
  const std::string now = Timestamp::now().text() + "\n";
  write_file(folder_ / "LAST_SUCCESS.txt", now, 0600);
  write_file(folder_ / "LAST_BASEBACKUP.txt", now, 0600);
}

void Heartbeats::wal_archived() const {
  write_file(folder_ / "wal_sync_last_ok.txt", Timestamp::now().text() + "\n", 0600);
}

}  // namespace pgrehearse
