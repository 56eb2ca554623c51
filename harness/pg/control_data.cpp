#include "harness/pg/control_data.hpp"

#include <charconv>
#include <functional>
#include <map>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

class Entries {
 public:
  explicit Entries(std::string_view text) {
    for (const std::string& line : lines_of(text)) {
      const std::size_t colon = line.find(':');
      if (colon != std::string::npos) {
        entries_.emplace(line.substr(0, colon), trimmed(std::string_view{line}.substr(colon + 1)));
      }
    }
  }

  [[nodiscard]] const std::string& text(std::string_view name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) {
      throw Error{ErrorCode::bad_value, fmt::format("pg_controldata did not print '{}'", name),
          "Was it run with LC_ALL=C, and did it find a data directory?"};
    }
    return found->second;
  }

  template <typename Number>
  [[nodiscard]] Number number(std::string_view name) const {
    return number_in(text(name), name, Number{});
  }

  [[nodiscard]] Lsn lsn(std::string_view name) const { return Lsn::parse(text(name)); }
  [[nodiscard]] TimelineId timeline(std::string_view name) const {
    return TimelineId{number<std::uint32_t>(name)};
  }
  [[nodiscard]] bool flag(std::string_view name, std::string_view yes) const {
    return text(name) == yes;
  }

  // "epoch:xid", both decimal.
  [[nodiscard]] Xid full_xid(std::string_view name) const {
    const std::string& both = text(name);
    const std::size_t colon = both.find(':');
    const std::string_view view = both;
    const auto epoch = number_in(view.substr(0, colon), name, std::uint32_t{});
    const auto low =
        number_in(colon == std::string::npos ? std::string_view{} : view.substr(colon + 1), name,
            std::uint32_t{});
    return Xid{(std::uint64_t{epoch} << 32U) | low};
  }

 private:
  template <typename Number>
  [[nodiscard]] static Number number_in(
      std::string_view digits, std::string_view name, Number value) {
    const char* const last = digits.data() + digits.size();
    const auto [end, code] = std::from_chars(digits.data(), last, value);
    if (code != std::errc{} || end != last) {
      throw Error{ErrorCode::bad_value,
          fmt::format("pg_controldata printed '{}' as '{}', which is no number", name, digits),
          "Is this the output of another major version?"};
    }
    return value;
  }

  std::map<std::string, std::string, std::less<>> entries_;
};

}  // namespace

ControlData control_data_of(std::string_view text) {
  const Entries entries{text};
  ControlData data;
  data.state = entries.text("Database cluster state");
  data.system_identifier = entries.number<std::uint64_t>("Database system identifier");
  data.timeline = entries.timeline("Latest checkpoint's TimeLineID");
  data.previous_timeline = entries.timeline("Latest checkpoint's PrevTimeLineID");
  data.checkpoint = entries.lsn("Latest checkpoint location");
  data.redo = entries.lsn("Latest checkpoint's REDO location");
  data.next_xid = entries.full_xid("Latest checkpoint's NextXID");
  data.minimum_recovery_end = entries.lsn("Minimum recovery ending location");
  data.minimum_recovery_timeline = entries.timeline("Min recovery ending loc's timeline");
  data.backup_start = entries.lsn("Backup start location");
  data.backup_end = entries.lsn("Backup end location");
  data.end_of_backup_required = entries.flag("End-of-backup record required", "yes");
  data.wal_level = entries.text("wal_level setting");
  data.max_connections = entries.number<int>("max_connections setting");
  data.max_worker_processes = entries.number<int>("max_worker_processes setting");
  data.max_wal_senders = entries.number<int>("max_wal_senders setting");
  data.max_prepared_transactions = entries.number<int>("max_prepared_xacts setting");
  data.max_locks_per_transaction = entries.number<int>("max_locks_per_xact setting");
  data.track_commit_timestamp = entries.flag("track_commit_timestamp setting", "on");
  data.segment_bytes = entries.number<std::uint64_t>("Bytes per WAL segment");
  data.checksum_version = entries.number<unsigned>("Data page checksum version");
  data.intact = text.find("WARNING: ") == std::string_view::npos;
  return data;
}

}  // namespace pgrehearse
