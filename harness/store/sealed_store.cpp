#include "harness/store/sealed_store.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/crypto/age_stream.hpp"
#include "harness/store/object_key.hpp"
#include "harness/store/sealed_object.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t piece_bytes = 256UL * 1024;

void hand_out(const Content& content, const PieceSink& sink) {
  ContentReader reader{content};
  std::vector<char> piece(piece_bytes);
  while (const std::size_t got = reader.read(piece.data(), piece.size())) {
    sink({piece.data(), got});
  }
}

std::vector<ObjectInfo> with_plain_sizes(std::vector<ObjectInfo> found) {
  for (ObjectInfo& info : found) {
    info.bytes = info.removal ? 0 : plain_size(info.bytes).value_or(0);
    info.sha256.clear();
    info.labels.clear();
  }
  return found;
}

}  // namespace

SealedStore::SealedStore(ObjectStore& inner, const KeyRing& ring)
    : inner_(inner), ring_(ring), properties_(inner.properties()) {
  properties_.name = fmt::format("sealed {}", properties_.name);
}

std::optional<ObjectInfo> SealedStore::put(
    const std::string& key, const Content& content, const PutOptions& options) {
  demand_key(key);
  demand_abilities(properties_, options);
  demand_labels(options.labels);
  if (without_seal(options.labels) != options.labels) {
    throw Error{ErrorCode::bad_value, "labels that begin with sealed- belong to the seal",
        "Give the label another name."};
  }
  return put_sealed(
      inner_, ring_, key, [&](const PieceSink& sink) { hand_out(content, sink); }, options);
}

ObjectInfo SealedStore::read(
    const std::string& key, const std::optional<std::string>& version, const PieceSink& sink) {
  const SealedObject object{inner_, ring_, key, version};
  object.open(sink);
  return object.info();
}

std::vector<ObjectInfo> SealedStore::list(const std::string& prefix) {
  return with_plain_sizes(inner_.list(prefix));
}

std::optional<ObjectInfo> SealedStore::stat(const std::string& key) {
  const auto found = inner_.stat(key);
  return found.has_value() ? std::optional{info_of_sealed(properties_, ring_, *found)}
                           : std::nullopt;
}

void SealedStore::remove(const std::string& key, const std::optional<std::string>& version) {
  inner_.remove(key, version);
}

std::vector<ObjectInfo> SealedStore::versions(const std::string& key) {
  return with_plain_sizes(inner_.versions(key));
}

}  // namespace pgrehearse
