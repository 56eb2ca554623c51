#include "harness/drill/store_mark.hpp"

#include <array>
#include <climits>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view mark_begins = "owner-";
constexpr std::string_view mark_key = "mark";
constexpr std::chrono::hours no_drill_lasts_so_long{24};

// A place of its own, so that it can be cleared for good in a bucket that keeps versions.
S3Config mark_of(const S3Config& shared, const std::string& run_id, const std::string& store) {
  return place_of(shared, run_id, std::string{mark_begins} + store);
}

// A process id means something only among the processes that count alike.
std::string processes_in_sight() {
  std::array<char, PATH_MAX> name{};
  const ssize_t bytes = readlink("/proc/self/ns/pid", name.data(), name.size());
  return bytes > 0 ? std::string{name.data(), static_cast<std::size_t>(bytes)} : "unknown";
}

std::string boot_of(const std::string& owner) {
  return owner.substr(0, owner.find(':'));
}

bool is_dead_for_certain(const std::string& mark) {
  const std::vector<std::string> parts = split(mark, ' ');
  return parts.size() == 2 && parts[1] == processes_in_sight() && parts[1] != "unknown" &&
         boot_of(parts[0]) == boot_of(owner_of_this_process()) && !owner_is_alive(parts[0]);
}

struct MarkedStore {
  std::string run_id;
  std::string name;
};

std::optional<MarkedStore> marked_by(const std::string& key) {
  const std::vector<std::string> parts = split(key, '/');
  if (parts.size() != 3 || !parts[1].starts_with(mark_begins) || parts[2] != mark_key) {
    return std::nullopt;
  }
  return MarkedStore{.run_id = parts[0], .name = parts[1].substr(mark_begins.size())};
}

bool is_over(S3Store& bucket, const ObjectInfo& mark) {
  try {
    return is_over(get_bytes(bucket, mark.key), mark.modified, Timestamp::now());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::object_missing) {
      throw;
    }
    return false;  // its drill is ending now
  }
}

}  // namespace

std::string mark_of_this_process() {
  return owner_of_this_process() + " " + processes_in_sight();
}

bool is_over(const std::string& mark, Timestamp put, Timestamp now) {
  return now - put > no_drill_lasts_so_long || is_dead_for_certain(mark);
}

S3Config place_of(const S3Config& shared, const std::string& run_id, const std::string& store) {
  S3Config below = shared;
  below.prefix = fmt::format("{}/{}/{}", shared.prefix, run_id, store);
  return below;
}

void mark_store(const S3Config& shared, const std::string& run_id, const std::string& store) {
  S3Store{mark_of(shared, run_id, store)}.put(
      std::string{mark_key}, Content::of_bytes(mark_of_this_process()), {});
}

void unmark_store(const S3Config& shared, const std::string& run_id, const std::string& store) {
  S3Store{mark_of(shared, run_id, store)}.clear();
}

std::size_t sweep_stores(const S3Config& shared) {
  S3Store bucket{shared};
  std::size_t swept = 0;
  for (const ObjectInfo& object : bucket.list("")) {
    const std::optional<MarkedStore> left = marked_by(object.key);
    if (left && is_over(bucket, object)) {
      S3Store{place_of(shared, left->run_id, left->name)}.clear();
      unmark_store(shared, left->run_id, left->name);
      swept += 1;
    }
  }
  return swept;
}

}  // namespace pgrehearse
