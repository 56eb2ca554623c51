#include "harness/drill/archived_wal.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/pg/control_data.hpp"

namespace pgrehearse {

WalRange archived_range(const Archive& archive, const Instance& instance, const BackupSet& since,
    const std::string& last_segment) {
  WalRange range;
  range.directory = instance.path_of_volume(archive.volume());
  range.first_segment =
      segments_between(since.timeline, since.start, Lsn{since.start.bytes() + 1}).front();
  range.last_segment = last_segment;
  return range;
}

namespace {

WalOracle commits_near(const std::string& data_path, const Archive& archive, Instance& instance,
    const BackupSet& since, const std::string& last_segment) {
  const std::string control_data = exec_or_throw(
      instance, {.argv = {"pg_controldata", "-D", data_path}, .env = {{"LC_ALL", Secret{"C"}}}})
                                       .out;
  WalOracle oracle = wal_oracle_of(
      instance.exec(waldump_program(archived_range(archive, instance, since, last_segment))),
      control_data_of(control_data).next_xid);
  demand_whole(oracle.reading, oracle.strange_lines);
  return oracle;
}

}  // namespace

WalOracle archived_commits(const Archive& archive, const Cluster& source, const BackupSet& since,
    const std::string& last_segment) {
  return commits_near(source.data_path(), archive, source.instance(), since, last_segment);
}

WalOracle archived_commits(const Archive& archive, Instance& instance, const BackupSet& since,
    const std::string& last_segment) {
  return commits_near(instance.path_of_volume(since.volume) + "/" + since.id, archive, instance,
      since, last_segment);
}

void demand_whole(const WalReading& reading, std::size_t strange_lines) {
  if (reading.stop != WalStop::whole_range || strange_lines > 0) {
    throw Error{ErrorCode::archive_gap,
        fmt::format("the archived WAL cannot be read to its end: {} {}", name_of(reading.stop),
            reading.segment),
        "Without it nobody can say which commits a restore must hold."};
  }
}

}  // namespace pgrehearse
