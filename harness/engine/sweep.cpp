#include "harness/engine/sweep.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/time.hpp"
#include "harness/engine/container_sweep.hpp"
#include "harness/engine/journal_file.hpp"
#include "harness/engine/local_sweep.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds whole_deadline{10'000};
// Between two looks: what a dying child or an engine still had in hand comes to light.
constexpr Milliseconds between_looks{100};
// Nothing found so often in a row is nothing there. Where only folders were found, or nothing at
// all, nobody was left who could still create something, and one look tells.
constexpr int looks_after_something_alive = 2;

// First what could still create something, folders (with the journals) last.
int turn_of(const Owned& owned) {
  constexpr std::array<std::string_view, 6> order{
      "process", "container", "volume", "network", "shared memory", "directory"};
  return static_cast<int>(std::find(order.begin(), order.end(), owned.kind) - order.begin());
}

bool is_of_containers(const Owned& owned) {
  return owned.kind == "container" || owned.kind == "volume" || owned.kind == "network";
}

auto identity(const Owned& owned) {
  return std::tuple{owned.kind, owned.name, owned.run_id};
}

// What is to be removed, and what we could not look at.
class Sweeper {
 public:
  explicit Sweeper(const SweepOptions& options) : options_{options} {}

  [[nodiscard]] std::vector<Owned> due() {
    std::vector<Owned> found;
    blind_.reset();
    try {
      if (options_.containers_too) {
        found = find_owned_containers();
      }
    } catch (const Error& error) {
      blind_ = error.message();  // not knowing is not the same as nothing: see left()
    }
    const std::vector<Owned> local = find_owned_locally();
    found.insert(found.end(), local.begin(), local.end());
    std::erase_if(found, [&](const Owned& owned) { return !is_due(owned); });
    std::stable_sort(found.begin(), found.end(),
        [](const Owned& left, const Owned& right) { return turn_of(left) < turn_of(right); });
    return found;
  }

  // The run's folder stays while something of its run cannot be removed.
  void remove(const std::vector<Owned>& things) {
    std::set<std::string> troubled;
    for (const Owned& owned : things) {
      if (owned.kind == "directory" && troubled.contains(owned.run_id)) {
        continue;
      }
      if (remove_one(owned)) {
        removed_.insert_or_assign(identity(owned), owned);
      } else {
        troubled.insert(owned.run_id);
      }
    }
  }

  [[nodiscard]] SweepResult result(std::vector<Owned> left) const {
    SweepResult result;
    for (const auto& entry : removed_) {
      const Owned& owned = entry.second;
      const bool came_back = std::any_of(left.begin(), left.end(),
          [&](const Owned& other) { return identity(other) == identity(owned); });
      if (!came_back) {
        result.removed.push_back(owned);
      }
    }
    result.left = std::move(left);
    if (blind_.has_value()) {
      result.left.push_back({.kind = "container",
          .name = fmt::format("unknown: {}", *blind_),
          .run_id = options_.only_run,
          .owner = {}});
    }
    return result;
  }

 private:
  [[nodiscard]] bool is_due(const Owned& owned) {
    if (owned.run_id.empty()) {  // half-made: nobody needs it once its maker is dead
      return !is_alive(owned.owner);
    }
    if (!options_.only_run.empty()) {
      return owned.run_id == options_.only_run;
    }
    return !owned.owner.empty() && !is_alive(owned.owner) && (options_.kept_too || !is_kept(owned));
  }

  [[nodiscard]] bool is_alive(const std::string& owner) {
    const auto [known, is_new] = alive_.try_emplace(owner, true);
    if (is_new) {
      known->second = owner_is_alive(owner);
    }
    return known->second;
  }

  // Containers are seen by every harness of this host, journals only by those of one state folder.
  // So the usual one is asked too: what was kept there is not taken by a harness that works
  // elsewhere.
  [[nodiscard]] static bool is_kept(const Owned& owned) {
    for (const std::filesystem::path& state : {state_dir(), usual_state_dir()}) {
      const std::optional<JournalContent> journal = read_journal(state / "runs" / owned.run_id);
      if (journal.has_value()) {
        return journal->kept;
      }
    }
    return false;
  }

  static bool remove_one(const Owned& owned) {
    try {
      return is_of_containers(owned) ? remove_owned_container_thing(owned)
                                     : remove_owned_local_thing(owned);
    } catch (const Error&) {
      return false;  // it is found again at the next look, and is left over at the end
    }
  }

  SweepOptions options_;
  std::map<std::string, bool> alive_ = {};
  std::map<std::tuple<std::string, std::string, std::string>, Owned> removed_ = {};
  std::optional<std::string> blind_ = {};
};

}  // namespace

std::vector<Owned> find_owned() {
  std::vector<Owned> found = find_owned_containers();
  const std::vector<Owned> local = find_owned_locally();
  found.insert(found.end(), local.begin(), local.end());
  return found;
}

SweepResult sweep(const SweepOptions& options) {
  const RemovalScope removing;
  Sweeper sweeper{options};
  std::vector<Owned> things;
  int quiet_looks = 0;
  int looks_needed = 1;
  try {
    wait_until(
        "nothing to be left", whole_deadline,
        [&]() -> std::optional<std::string> {
          things = sweeper.due();
          quiet_looks = things.empty() ? quiet_looks + 1 : 0;
          if (std::any_of(things.begin(), things.end(),
                  [](const Owned& owned) { return owned.kind != "directory"; })) {
            looks_needed = looks_after_something_alive;
          }
          sweeper.remove(things);
          return quiet_looks >= looks_needed ? std::nullopt
                                             : std::optional<std::string>{"a quiet look"};
        },
        between_looks);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) {
      throw;
    }
    things = sweeper.due();
  }
  return sweeper.result(std::move(things));
}

}  // namespace pgrehearse
