// What is known of a sealed object beside its bytes, kept as labels of it: which key sealed it, in
// the clear; and sealed as well, the digest and size of what is in it.
//
// A file of age proves neither its name nor its author: anyone who knows a recipient can make one,
// and whoever can write to the store can put one object in the place of another. So the note
// carries an authentication code over the key's id, the object's key, digest and size, made with
// the identity.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/crypto/key_ring.hpp"
#include "harness/store/object_store.hpp"

namespace pgrehearse {

/// Begins the names of labels that are the seal's own.
inline constexpr std::string_view seal_labels_begin = "sealed-";

struct SealNote {
  std::string sha256 = {};  ///< of what is sealed
  std::uint64_t bytes = 0;
};

/// The labels of an object that is stored sealed under this key.
[[nodiscard]] ObjectLabels labels_of_seal(
    const SealNote& note, const std::string& object, const RingKey& key);
/// The id of the key that sealed it; nothing when it is not sealed.
[[nodiscard]] std::optional<std::string> sealing_key_of(const ObjectLabels& labels);
/// Opens the note. Nothing when it does not open, or was not made for this object with this key.
[[nodiscard]] std::optional<SealNote> open_seal_note(
    const ObjectLabels& labels, const std::string& object, const RingKey& key);
/// The labels that are not the seal's.
[[nodiscard]] ObjectLabels without_seal(ObjectLabels labels);

}  // namespace pgrehearse
