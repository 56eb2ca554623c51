#include "harness/store/sealed_object.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/crypto/age_stream.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t piece_bytes = 256UL * 1024;

// The key that opens it; the ring's refusal with the name of the object.
const RingKey& opener_of(
    const StoreProperties& store, const KeyRing& ring, const ObjectInfo& inner) {
  const auto id = sealing_key_of(inner.labels);
  if (!id.has_value()) {
    report_damaged(store, inner.key, "it is not sealed");
  }
  try {
    return ring.opener(*id);
  } catch (const Error& refused) {
    throw Error{refused.code(),
        fmt::format("the store {} has {}, but {}", store.name, inner.key, refused.message()),
        refused.hint()};
  }
}

[[noreturn]] void report_other_key(
    const StoreProperties& store, const std::string& object, const RingKey& key) {
  throw Error{ErrorCode::key_refused,
      fmt::format(
          "the key '{}' of the ring does not open {} of the store {}", key.id, object, store.name),
      "Is it another key under the same id? Or was the object damaged where it names its key: is "
      "an older version whole, or the copy in another region?"};
}

ObjectInfo as_owner_sees(ObjectInfo inner, const SealNote& note) {
  inner.sha256 = note.sha256;
  inner.bytes = note.bytes;
  inner.labels = without_seal(std::move(inner.labels));
  return inner;
}

SealNote note_of(const StoreProperties& store, const ObjectInfo& inner, const RingKey& key) {
  const auto note = open_seal_note(inner.labels, inner.key, key);
  if (!note.has_value()) {
    report_damaged(
        store, inner.key, fmt::format("its note was not made for it with the key '{}'", key.id));
  }
  return *note;
}

AgeEnding opened(const RingKey& key, const Spool& spool, const PieceSink& sink) {
  const OwnedFd file = spool.reader();
  AgeOpener age{*key.key, file.get()};
  std::vector<char> piece(piece_bytes);
  while (const std::size_t got = age.read(piece.data(), piece.size())) {
    sink({piece.data(), got});
  }
  return age.ending();
}

}  // namespace

std::optional<ObjectInfo> put_sealed(ObjectStore& inner, const KeyRing& ring,
    const std::string& key, const PieceFeed& feed, const PutOptions& options) {
  const RingKey& active = ring.active();
  Spool spool;
  AgeSealer age{*active.key, spool.writer()};
  Sha256 digest;
  SealNote note;
  feed([&](std::string_view piece) {
    digest.add(piece);
    note.bytes += piece.size();
    age.add(piece);
  });
  age.end();
  note.sha256 = digest.take_hex();
  if (!options.sha256.empty()) {
    note.sha256 = options.sha256;
  }
  const Content sealed = spool.content();
  if (sealed.bytes() != sealed_size(note.bytes)) {
    throw Error{ErrorCode::program_failed, "age made a file of another size than its format has",
        "Sizes of sealed objects are told from it. Is the age in PATH that of the distribution?"};
  }
  PutOptions of_sealed = options;
  of_sealed.sha256.clear();
  of_sealed.labels.merge(labels_of_seal(note, key, active));
  auto stored = inner.put(key, sealed, of_sealed);
  return stored.has_value() ? std::optional{as_owner_sees(std::move(*stored), note)} : std::nullopt;
}

ObjectInfo info_of_sealed(
    const StoreProperties& store, const KeyRing& ring, const ObjectInfo& inner) {
  return as_owner_sees(inner, note_of(store, inner, opener_of(store, ring, inner)));
}

SealedObject::SealedObject(ObjectStore& inner, const KeyRing& ring, const std::string& key,
    const std::optional<std::string>& version) {
  const StoreProperties& store = inner.properties();
  if (!version.has_value()) {
    if (const auto found = inner.stat(key)) {
      static_cast<void>(opener_of(store, ring, *found));
    }
  }
  const ObjectInfo found =
      read_proven(inner, key, version, [&](std::string_view piece) { spool_.add(piece); });
  opener_ = &opener_of(store, ring, found);
  info_ = as_owner_sees(found, note_of(store, found, *opener_));
  prove(store);
}

void SealedObject::prove(const StoreProperties& store) const {
  Sha256 digest;
  std::uint64_t bytes = 0;
  const AgeEnding ending = opened(*opener_, spool_, [&](std::string_view piece) {
    digest.add(piece);
    bytes += piece.size();
  });
  if (ending == AgeEnding::other_key) {
    report_other_key(store, info_.key, *opener_);
  }
  if (ending == AgeEnding::not_genuine) {
    report_damaged(store, info_.key, "age cannot authenticate it to its end");
  }
  if (bytes != info_.bytes || digest.take_hex() != info_.sha256) {
    report_damaged(store, info_.key, "it is genuine, but not what its note is about");
  }
}

void SealedObject::open(const PieceSink& sink) const {
  if (opened(*opener_, spool_, sink) != AgeEnding::whole) {
    throw Error{ErrorCode::internal, "a sealed object changed after it was found genuine"};
  }
}

}  // namespace pgrehearse
