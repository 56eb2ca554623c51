#include "harness/store/seal_note.hpp"

#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/crypto/age_stream.hpp"
#include "harness/crypto/keyed_digest.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

const std::string key_label = "sealed-by";
const std::string note_label = "sealed-note";

std::string code_of(const SealNote& note, const std::string& object, const RingKey& key) {
  // None of the parts can hold a line's end.
  return authentication_code(
      key.key->identity(), fmt::format("pgrehearse sealed object\n{}\n{}\n{}\n{}\n", key.id, object,
                               note.sha256, note.bytes));
}

// The bytes that hexadecimal digits stand for; nothing when they are none.
std::optional<std::string> bytes_of_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    unsigned value = 0;
    const char* end = digits.data() + at + 2;
    const auto [stopped, problem] = std::from_chars(digits.data() + at, end, value, 16);
    if (problem != std::errc{} || stopped != end) {
      return std::nullopt;
    }
    bytes += static_cast<char>(value);
  }
  return digits.size() % 2 == 0 ? std::optional{bytes} : std::nullopt;
}

// Tells nobody by the time it takes how many digits were right.
bool equal_codes(std::string_view left, std::string_view right) {
  unsigned differing = left.size() == right.size() ? 0 : 1;
  for (std::size_t i = 0; i < left.size() && i < right.size(); ++i) {
    differing |= static_cast<unsigned char>(left[i] ^ right[i]);
  }
  return differing == 0;
}

}  // namespace

ObjectLabels labels_of_seal(const SealNote& note, const std::string& object, const RingKey& key) {
  const std::string text =
      fmt::format("{} {} {}", note.sha256, note.bytes, code_of(note, object, key));
  return {{key_label, key.id}, {note_label, hex_of(sealed_text(*key.key, text))}};
}

std::optional<std::string> sealing_key_of(const ObjectLabels& labels) {
  const auto found = labels.find(key_label);
  return found == labels.end() ? std::nullopt : std::optional{found->second};
}

std::optional<SealNote> open_seal_note(
    const ObjectLabels& labels, const std::string& object, const RingKey& key) {
  const auto label = labels.find(note_label);
  const auto sealed = label == labels.end() ? std::nullopt : bytes_of_hex(label->second);
  const auto text = sealed.has_value() ? opened_text(*key.key, *sealed) : std::nullopt;
  const std::vector<std::string> words = split(text.value_or(""), ' ');
  if (words.size() != 3) {
    return std::nullopt;
  }
  SealNote note{.sha256 = words[0]};
  const char* end = words[1].data() + words[1].size();
  const auto [stopped, problem] = std::from_chars(words[1].data(), end, note.bytes);
  if (problem != std::errc{} || stopped != end ||
      !equal_codes(words[2], code_of(note, object, key))) {
    return std::nullopt;
  }
  return note;
}

ObjectLabels without_seal(ObjectLabels labels) {
  std::erase_if(
      labels, [](const auto& label) { return label.first.starts_with(seal_labels_begin); });
  return labels;
}

}  // namespace pgrehearse
