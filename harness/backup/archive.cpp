#include "harness/backup/archive.hpp"

#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

constexpr std::uint64_t segment_bytes = 16ULL * 1024 * 1024;

// Paths inside instances hold no quotes; double quotes guard against spaces.
std::string quoted(const std::string& path) {
  return "\"" + path + "\"";
}

std::optional<std::string> digest_of(Instance& instance, const std::string& path) {
  const Completed sum = instance.exec({.argv = {"sha256sum", "--", path}});
  return sum.ok() ? std::optional{sum.out.substr(0, 64)} : std::nullopt;
}

}  // namespace

ServerSettings Archive::source_settings(const Instance& instance) const {
  return {{"archive_mode", "on"},
      {"archive_command",
          fmt::format("{} archive-push \"%p\" {} %f", quoted(instance.path_of(Place::agent)),
              quoted(instance.path_of_volume(volume_)))}};
}

ServerSettings Archive::restore_settings(const Instance& instance) const {
  return {{"archive_mode", "off"},
      {"restore_command",
          fmt::format("{} archive-get {} %f \"%p\" {}", quoted(instance.path_of(Place::agent)),
              quoted(instance.path_of_volume(volume_)), quoted(served_record(instance)))}};
}

std::string Archive::served_record(const Instance& instance) const {
  return instance.path_of(Place::scratch) + "/served-segments.jsonl";
}

std::map<std::string, std::string> Archive::listing(Instance& instance) const {
  const Completed list = exec_or_throw(instance,
      {.argv = {instance.path_of(Place::agent), "digest-archive", instance.path_of_volume(volume_)},
          .deadline = Seconds{600}});
  std::map<std::string, std::string> files;
  for (const std::string& line : lines_of(list.out)) {
    std::istringstream words{line};
    std::string sum;
    std::string bytes;
    std::string name;
    words >> sum >> bytes >> name;
    if (sum != "dir") {
      files.emplace(name, sum);
    }
  }
  return files;
}

SurveyedArchive Archive::survey(Instance& instance) const {
  return surveyed_archive_in(exec_or_throw(instance,
      {.argv = {instance.path_of(Place::agent), "survey-archive", instance.path_of_volume(volume_)},
          .deadline =
              Seconds{600}}).out);
}

std::string Archive::wait_until_archived(
    Cluster& source, const std::string& segment, Milliseconds deadline) const {
  Session session = source.connect();
  const std::string path = source.instance().path_of_volume(volume_) + "/" + segment;
  std::string digest;
  const std::string failures_before = session.value("SELECT failed_count FROM pg_stat_archiver");
  wait_until(fmt::format("segment {} to be archived", segment), deadline,
      [&]() -> std::optional<std::string> {
        const Row row = session
                            .exec(
                                "SELECT coalesce(last_archived_wal, ''), archived_count, "
                                "failed_count FROM pg_stat_archiver")
                            .front();
        const bool claimed = row[0]->size() == 24 && row[0]->substr(8) >= segment.substr(8);
        if (*row[2] != failures_before) {
          throw Error{ErrorCode::archive_gap, "archive_command failed",
              "The server log says what it printed."};
        }
        if (!claimed) {
          return "last archived " + (row[0]->empty() ? "nothing" : *row[0]);
        }
        const std::optional<std::string> archived = digest_of(source.instance(), path);
        if (!archived) {
          throw Error{ErrorCode::archive_gap,
              fmt::format(
                  "pg_stat_archiver counts segment {} as archived, but it is not in the archive",
                  segment),
              "archive_command returned 0 without having stored the file: what does it really do?"};
        }
        const std::optional<std::string> original =
            digest_of(source.instance(), source.data_path() + "/pg_wal/" + segment);
        if (original && original != archived) {
          throw Error{ErrorCode::archive_gap,
              fmt::format("segment {} in the archive is not the one the source wrote", segment),
              "Does another cluster archive into the same place?"};
        }
        digest = *archived;
        return std::nullopt;
      });
  return digest;
}

bool is_archived_name(const std::string& name) {
  const std::size_t hex = name.find_first_not_of("0123456789ABCDEF");
  const std::size_t digits = hex == std::string::npos ? name.size() : hex;
  const std::string ending = name.substr(digits);
  return (digits == 24 && (ending.empty() || ending.ends_with(".backup"))) ||
         (digits == 8 && ending == ".history");
}

std::vector<SegmentRequest> requests_in(const std::string& record_text) {
  std::vector<SegmentRequest> requests;
  for (const std::string& line : lines_of(record_text)) {
    const nlohmann::json entry = nlohmann::json::parse(line, nullptr, false);
    if (entry.is_object()) {
      requests.push_back(
          {entry.value("asked", ""), entry.value("outcome", ""), entry.value("sha256", "")});
    }
  }
  return requests;
}

std::vector<std::string> segments_between(TimelineId timeline, Lsn first, Lsn last_end) {
  std::vector<std::string> names;
  const std::uint64_t last = (last_end.bytes() - 1) / segment_bytes;
  for (std::uint64_t number = first.bytes() / segment_bytes; number <= last; ++number) {
    names.push_back(wal_file_name(timeline, Lsn{(number + 1) * segment_bytes}, segment_bytes));
  }
  return names;
}

}  // namespace pgrehearse
