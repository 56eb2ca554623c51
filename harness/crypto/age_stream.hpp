// Sealing and opening with age, as a stream of any size: ChaCha20-Poly1305 in chunks of 64 KiB,
// each authenticated with its number and with whether it is the last (age-encryption.org/v1).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/crypto/age_key.hpp"
#include "harness/process/filter.hpp"

namespace pgrehearse {

/// Seals for one recipient what is added, into a file. Without end() the file is of no use.
class AgeSealer {
 public:
  AgeSealer(const AgeKey& key, int to);
  void add(std::string_view piece);
  /// All of it is written. Throws Error{program_failed} when age could not.
  void end();

 private:
  std::unique_ptr<Filter> age_;
};

enum class AgeEnding {
  whole,        ///< every byte that was read is authentic, and they are all
  other_key,    ///< its header names nobody with this key; or it was damaged just there
  not_genuine,  ///< not what was sealed: changed, cut short, added to, or no file of age at all
};

/// Opens a file, read from its beginning. age hands out a chunk when that chunk is authentic; a
/// file cut short shows only at its end. So nothing may be used before ending() has said whole.
class AgeOpener {
 public:
  AgeOpener(const AgeKey& key, int from);
  /// 0 at the end.
  [[nodiscard]] std::size_t read(char* room, std::size_t bytes);
  /// Call it once, after read() gave 0.
  [[nodiscard]] AgeEnding ending();

 private:
  std::unique_ptr<Filter> age_;
};

/// The same for a text of at most 1024 bytes, in memory.
[[nodiscard]] std::string sealed_text(const AgeKey& key, std::string_view text);
/// Nothing when it is not a text that was sealed for this key, whole.
[[nodiscard]] std::optional<std::string> opened_text(const AgeKey& key, std::string_view sealed);

/// How many bytes so many bytes are when they are sealed for one recipient.
[[nodiscard]] std::uint64_t sealed_size(std::uint64_t plain);
/// The reverse; nothing when no text has that size sealed.
[[nodiscard]] std::optional<std::uint64_t> plain_size(std::uint64_t sealed);

}  // namespace pgrehearse
