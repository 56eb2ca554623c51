#include "harness/store/transfer.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/store/new_file.hpp"

namespace pgrehearse {
namespace {

struct Arrived {
  ObjectInfo info;
  std::string sha256;  ///< of the bytes that came
};

Arrived read_whole(ObjectStore& store, const std::string& key,
    const std::optional<std::string>& version, const PieceSink& sink) {
  Sha256 digest;
  std::uint64_t bytes = 0;
  ObjectInfo info = store.read(key, version, [&](std::string_view piece) {
    digest.add(piece);
    bytes += piece.size();
    sink(piece);
  });
  if (bytes != info.bytes) {
    report_damaged(store.properties(), key,
        fmt::format("{} bytes came, and {} were announced", bytes, info.bytes));
  }
  return {.info = std::move(info), .sha256 = digest.take_hex()};
}

void demand_digest(ObjectStore& store, const std::string& key, const Arrived& arrived) {
  const std::string& noted = arrived.info.sha256;
  if (arrived.sha256 != noted) {
    report_damaged(store.properties(), key,
        fmt::format(
            "its digest is {} and was {}", arrived.sha256.substr(0, 12), noted.substr(0, 12)));
  }
}

}  // namespace

ObjectInfo read_proven(ObjectStore& store, const std::string& key,
    const std::optional<std::string>& version, const PieceSink& sink) {
  const Arrived arrived = read_whole(store, key, version, sink);
  if (arrived.info.sha256.empty()) {
    report_damaged(store.properties(), key, "it has no digest to compare with");
  }
  demand_digest(store, key, arrived);
  return arrived.info;
}

std::string get_bytes(ObjectStore& store, const std::string& key,
    const std::optional<std::string>& version, std::uint64_t most_bytes) {
  std::string bytes;
  read_proven(store, key, version, [&](std::string_view piece) {
    if (bytes.size() + piece.size() > most_bytes) {
      throw Error{ErrorCode::bad_value,
          fmt::format("the object {} is larger than {} bytes", key, most_bytes),
          "Get it into a file."};
    }
    bytes += piece;
  });
  return bytes;
}

ObjectInfo get_file(ObjectStore& store, const std::string& key, const std::filesystem::path& to,
    const std::optional<std::string>& version) {
  NewFile file{to};
  ObjectInfo info =
      read_proven(store, key, version, [&](std::string_view piece) { file.add(piece); });
  file.keep();
  return info;
}

ObjectInfo get_foreign_file(
    ObjectStore& store, const std::string& key, const std::filesystem::path& to) {
  NewFile file{to};
  const Arrived arrived =
      read_whole(store, key, {}, [&](std::string_view piece) { file.add(piece); });
  if (!arrived.info.sha256.empty()) {
    demand_digest(store, key, arrived);
  }
  file.keep();
  return arrived.info;
}

void refuse_as_unable(const StoreProperties& store, std::string_view ability) {
  throw Error{ErrorCode::store_refused, fmt::format("the store {} cannot {}", store.name, ability),
      "Its properties say so. Use a store that can, or leave that out."};
}

void demand_abilities(const StoreProperties& store, const PutOptions& options) {
  if (options.only_if_absent && !store.honours_only_if_absent) {
    refuse_as_unable(store, "store a thing only if it is absent");
  }
  if (options.locked_until.has_value() && !store.locks_objects) {
    refuse_as_unable(store, "lock an object");
  }
}

void report_missing(const StoreProperties& store, const std::string& key) {
  throw Error{ErrorCode::object_missing, fmt::format("the store {} has no {}", store.name, key),
      "Was it never copied to this store, or removed from it?"};
}

void report_damaged(const StoreProperties& store, const std::string& key, std::string_view how) {
  throw Error{ErrorCode::object_damaged,
      fmt::format("what the store {} gave for {} is not what was put: {}", store.name, key, how),
      "Is an older version whole, or the copy in another region?"};
}

}  // namespace pgrehearse
