#include "harness/crypto/key_ring.hpp"

#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/process/run.hpp"
#include "harness/process/spawn.hpp"

namespace pgrehearse {
namespace {

void demand_id(const std::string& id) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (id.empty() || id.size() > 40 || id.find_first_not_of(plain) != std::string::npos) {
    throw Error{ErrorCode::bad_config, "this is no id of a key",
        "Use lower-case letters, digits and hyphens, at most 40. It is not shown, in case it is "
        "the "
        "key itself."};
  }
}

AgeKey key_in_environment(const KeySpec& spec) {
  const char* value = std::getenv(spec.environment.c_str());
  if (value == nullptr || *value == '\0') {
    throw Error{ErrorCode::bad_config,
        fmt::format(
            "the key '{}' is to come from ${}, which is not set", spec.id, spec.environment),
        "Set it to the identity that age-keygen wrote, or name the key as revoked."};
  }
  withhold_from_children(spec.environment);
  return AgeKey::of(Secret{value}, "$" + spec.environment);
}

AgeKey key_from_command(const KeySpec& spec) {
  Completed completed = run({.argv = spec.command, .deadline = spec.deadline});
  if (!completed.ok()) {
    // Neither its arguments nor what it wrote is repeated: both may hold what opens the service.
    throw Error{ErrorCode::program_failed,
        completed.timed_out ? fmt::format("the command for the key '{}' did not end within {}",
                                  spec.id, readable(spec.deadline))
                            : fmt::format("the command for the key '{}' ended with status {}",
                                  spec.id, completed.status),
        "Run it by hand: it has to write the identity to its standard output."};
  }
  return AgeKey::of(
      Secret{std::move(completed.out)}, fmt::format("the command for the key '{}'", spec.id));
}

RingKey loaded(const KeySpec& spec) {
  demand_id(spec.id);
  if (!spec.environment.empty() && !spec.command.empty()) {
    throw Error{ErrorCode::bad_config,
        fmt::format("the key '{}' comes from a variable and from a command", spec.id),
        "Keep one of the two."};
  }
  if (spec.state == KeyState::revoked) {
    return {.id = spec.id, .state = spec.state};
  }
  if (spec.environment.empty() && spec.command.empty()) {
    throw Error{ErrorCode::bad_config, fmt::format("nothing says where the key '{}' is", spec.id),
        "Name an environment variable that holds it, or a command that writes it."};
  }
  return {.id = spec.id,
      .state = spec.state,
      .key = spec.command.empty() ? key_in_environment(spec) : key_from_command(spec)};
}

void demand_one_active(std::size_t active) {
  if (active != 1) {
    throw Error{ErrorCode::bad_config, fmt::format("{} keys are active", active),
        "Exactly one is: it seals. A key that only opens is retired, one that was lost is "
        "revoked."};
  }
}

}  // namespace

std::string_view name_of(KeyState state) {
  switch (state) {
    case KeyState::active:
      return "active";
    case KeyState::retired:
      return "retired";
    case KeyState::revoked:
      return "revoked";
  }
  return "revoked";
}

KeyRing::KeyRing(std::vector<RingKey> keys) {
  std::size_t active = 0;
  for (RingKey& key : keys) {
    if (key.state == KeyState::active) {
      active += 1;
      active_ = key.id;
    }
    const std::string id = key.id;
    if (!keys_.emplace(id, std::move(key)).second) {
      throw Error{ErrorCode::bad_config, fmt::format("the key '{}' is given twice", id),
          "What was sealed says by its id which key opens it: give each an id of its own, for "
          "ever."};
    }
  }
  demand_one_active(active);
}

KeyRing KeyRing::load(const std::vector<KeySpec>& specs) {
  std::size_t active = 0;
  for (const KeySpec& spec : specs) {
    active += spec.state == KeyState::active ? 1 : 0;
  }
  demand_one_active(active);
  std::vector<RingKey> keys;
  keys.reserve(specs.size());
  for (const KeySpec& spec : specs) {
    keys.push_back(loaded(spec));
  }
  return KeyRing{std::move(keys)};
}

KeyRing KeyRing::with(const std::string& id, AgeKey key) {
  demand_id(id);
  return KeyRing{{{.id = id, .state = KeyState::active, .key = std::move(key)}}};
}

const RingKey& KeyRing::active() const {
  return keys_.at(active_);
}

const RingKey& KeyRing::opener(const std::string& id) const {
  const auto found = keys_.find(id);
  if (found == keys_.end()) {
    throw Error{ErrorCode::key_refused, "it is sealed with a key that is not in the ring",
        "Which ring was in use when it was sealed? Keys stay in the ring, retired, for as long as "
        "anything is sealed with them."};
  }
  if (found->second.state == KeyState::revoked) {
    throw Error{ErrorCode::key_refused,
        fmt::format("it is sealed with the key '{}', which is revoked", id),
        "Whoever has that key can read it, and may have made it. Use what was sealed with another "
        "key; nothing of it was read."};
  }
  return found->second;
}

KeyRing KeyRing::rotated_to(const std::string& id, AgeKey key) const {
  demand_id(id);
  std::vector<RingKey> keys{{.id = id, .state = KeyState::active, .key = std::move(key)}};
  for (const auto& [known, kept] : keys_) {
    keys.push_back(kept);
    if (known == active_) {
      keys.back().state = KeyState::retired;
    }
  }
  return KeyRing{std::move(keys)};
}

KeyRing KeyRing::revoking(const std::string& id) const {
  if (id == active_) {
    throw Error{ErrorCode::refused, fmt::format("the key '{}' is the one that seals", id),
        "Rotate to another key first."};
  }
  if (!keys_.contains(id)) {
    throw Error{ErrorCode::bad_config, fmt::format("there is no key '{}' in the ring", id)};
  }
  std::vector<RingKey> keys;
  for (const auto& [known, kept] : keys_) {
    keys.push_back(known == id ? RingKey{.id = id, .state = KeyState::revoked} : kept);
  }
  return KeyRing{std::move(keys)};
}

}  // namespace pgrehearse
