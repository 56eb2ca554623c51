#include "harness/crypto/age_stream.hpp"

#include <utility>

#include "harness/base/error.hpp"
#include "harness/crypto/age_program.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t most_text = 1024;

// The age file format, version 1 (C2SP age): the version line, one X25519 stanza, the header's
// code; then a nonce and chunks with a tag each. An empty text is one empty chunk.
constexpr std::uint64_t header_bytes = 22 + 54 + 44 + 48;
constexpr std::uint64_t nonce_bytes = 16;
constexpr std::uint64_t chunk_bytes = 64UL * 1024;
constexpr std::uint64_t tag_bytes = 16;

std::unique_ptr<Filter> start_sealing(const AgeKey& key, int to) {
  // The recipient opens nothing; it takes the same way so that nothing of a key is in arguments.
  return start_age({.argv = {"age", "--encrypt", "--recipients-file", "/dev/fd/3"},
      .output = to,
      .secret = key.recipient()});
}

FilterRequest opening(const AgeKey& key, int from) {
  return {.argv = {"age", "--decrypt", "--identity", "/dev/fd/3"},
      .input = from,
      .secret = key.identity()};
}

AgeEnding ending_of(Filter& age) {
  const Completed completed = age.end();
  if (completed.ok()) {
    return AgeEnding::whole;
  }
  // Its own failures have status 1; with the key itself it had no trouble when the ring was made.
  if (completed.status != 1 || completed.err.find("/dev/fd/3") != std::string::npos) {
    report_broken("age", completed);
  }
  return completed.err.find("no identity matched") != std::string::npos ? AgeEnding::other_key
                                                                        : AgeEnding::not_genuine;
}

void demand_success_of(Filter& age) {
  const Completed completed = age.end();
  if (!completed.ok()) {
    report_broken("age", completed);
  }
}

}  // namespace

AgeSealer::AgeSealer(const AgeKey& key, int to) : age_(start_sealing(key, to)) {}

void AgeSealer::add(std::string_view piece) {
  age_->write(piece);
}

void AgeSealer::end() {
  demand_success_of(*age_);
}

AgeOpener::AgeOpener(const AgeKey& key, int from) : age_(start_age(opening(key, from))) {}

std::size_t AgeOpener::read(char* room, std::size_t bytes) {
  return age_->read(room, bytes);
}

AgeEnding AgeOpener::ending() {
  return ending_of(*age_);
}

std::string sealed_text(const AgeKey& key, std::string_view text) {
  if (text.size() > most_text) {
    throw Error{ErrorCode::internal, "a text is too long to be sealed in memory"};
  }
  const auto age = start_sealing(key, -1);
  std::string sealed = small_answer(*age, text);
  demand_success_of(*age);
  return sealed;
}

std::optional<std::string> opened_text(const AgeKey& key, std::string_view sealed) {
  if (sealed.size() > sealed_size(most_text)) {
    return std::nullopt;
  }
  const auto age = start_age(opening(key, -1));
  std::string text = small_answer(*age, sealed);
  return ending_of(*age) == AgeEnding::whole ? std::optional{std::move(text)} : std::nullopt;
}

std::uint64_t sealed_size(std::uint64_t plain) {
  const std::uint64_t chunks = plain == 0 ? 1 : (plain + chunk_bytes - 1) / chunk_bytes;
  return header_bytes + nonce_bytes + plain + chunks * tag_bytes;
}

std::optional<std::uint64_t> plain_size(std::uint64_t sealed) {
  if (sealed < sealed_size(0)) {
    return std::nullopt;
  }
  const std::uint64_t payload = sealed - header_bytes - nonce_bytes;
  const std::uint64_t sealed_chunk = chunk_bytes + tag_bytes;
  const std::uint64_t chunks = (payload + sealed_chunk - 1) / sealed_chunk;
  if (payload < chunks * tag_bytes) {
    return std::nullopt;
  }
  const std::uint64_t plain = payload - chunks * tag_bytes;
  return sealed_size(plain) == sealed ? std::optional{plain} : std::nullopt;
}

}  // namespace pgrehearse
