#include "harness/crypto/age_key.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/age_program.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view identity_begins = "AGE-SECRET-KEY-1";
constexpr std::string_view recipient_begins = "age1";

[[noreturn]] void refuse(const std::string& what, const std::string& place) {
  throw Error{ErrorCode::bad_config, what,
      "An identity is what age-keygen writes: one line that begins with AGE-SECRET-KEY-1. It is "
      "not "
      "shown here.",
      place};
}

// The identity among comments and empty lines. Other kinds that age knows (plugins, SSH keys) are
// refused: what they would do is not known here.
std::string only_identity_in(const Secret& text, const std::string& place) {
  std::string found;
  for (const std::string& line : lines_of(text.reveal())) {
    const std::string_view word = trimmed(line);
    if (word.empty() || word.front() == '#') {
      continue;
    }
    if (!word.starts_with(identity_begins)) {
      refuse("this is not an identity of age", place);
    }
    if (!found.empty()) {
      refuse("this is more than one identity of age", place);
    }
    found = word;
  }
  if (found.empty()) {
    refuse("there is no identity of age", place);
  }
  return found;
}

// Through a program that may live longer than the bytes it was given; nothing when it refuses them.
std::optional<std::string> answer_of_keygen(std::vector<std::string> argv, const Secret& input) {
  const auto program = start_age({.argv = std::move(argv)});
  const std::string answer = small_answer(*program, input.reveal());
  const Completed completed = program->end();
  if (completed.status != 0 && completed.status != 1) {
    report_broken("age-keygen", completed);
  }
  return completed.ok() ? std::optional{answer} : std::nullopt;
}

}  // namespace

AgeKey::AgeKey(Secret identity, Secret recipient)
    : identity_(std::move(identity)), recipient_(std::move(recipient)) {}

AgeKey AgeKey::of(const Secret& text, const std::string& place) {
  Secret identity{only_identity_in(text, place)};
  const auto recipient = answer_of_keygen({"age-keygen", "-y"}, identity);
  if (!recipient.has_value() || !trimmed(*recipient).starts_with(recipient_begins)) {
    refuse("this identity of age is not whole", place);
  }
  return AgeKey{std::move(identity), Secret{std::string{trimmed(*recipient)}}};
}

AgeKey AgeKey::generate() {
  const auto text = answer_of_keygen({"age-keygen"}, Secret{});
  if (!text.has_value()) {
    throw Error{ErrorCode::program_failed, "age-keygen made no key", "Run it by hand."};
  }
  return of(Secret{*text}, "age-keygen");
}

}  // namespace pgrehearse
