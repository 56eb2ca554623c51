#include "harness/cli/stored_history.hpp"

#include <fmt/format.h>

#include "harness/backup/stored_artifact.hpp"
#include "harness/base/error.hpp"
#include "harness/store/s3_location.hpp"
#include "harness/store/s3_store.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

// Those of single cases of a run are parts of it.
bool is_record_of_a_run(const std::string& key) {
  return key.ends_with("/record.json") && key.find("/cases/") == std::string::npos;
}

}  // namespace

std::string history_place(const std::string& given) {
  if (given.empty()) {
    return given;
  }
  if (!is_s3_location(given)) {
    throw Error{ErrorCode::bad_config, "a history is kept in a bucket only",
        "Write s3://bucket/key. A folder of this host is what --report-dir names.", "--history"};
  }
  try {
    return s3_location(given).text();
  } catch (const Error& problem) {
    throw Error{ErrorCode::bad_config, problem.message(), problem.hint(), "--history"};
  }
}

void keep_in_history(const std::string& place, const RunRecord& record) {
  const S3Location location = s3_location(place);
  S3Store store{s3_config_at(location)};
  const std::string below = location.key.empty() ? "" : location.key + "/";
  store.put(fmt::format("{}{}/record.json", below, record.run_id),
      Content::of_bytes(to_json(record)), {});
}

ReportsHere::ReportsHere(const std::string& place) : place_(place), folder_(place) {
  if (!is_s3_location(place)) {
    return;
  }
  const S3Location location = s3_location(place);
  place_ = location.text();
  folder_ = fetched_.emplace("pgrehearse-history").path();
  S3Store store{s3_config_at(location)};
  const std::vector<ObjectInfo> objects = objects_at(store, location.key);
  if (objects.empty()) {
    throw Error{ErrorCode::io, "there is no history at this place",
        "--reports names what --history named in earlier runs.", place_};
  }
  const std::size_t below = location.key.empty() ? 0 : location.key.size() + 1;
  for (const ObjectInfo& object : objects) {
    const std::string name = object.key.size() > below ? object.key.substr(below) : "";
    if (is_record_of_a_run("/" + name)) {
      const std::filesystem::path file = folder_ / name;
      make_private_directory(file.parent_path());
      get_foreign_file(store, object.key, file);
    }
  }
}

std::string ReportsHere::name_of(const std::filesystem::path& file) const {
  return fetched_ ? place_ + "/" + file.lexically_relative(folder_).string() : file.string();
}

}  // namespace pgrehearse
