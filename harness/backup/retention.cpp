#include "harness/backup/retention.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::uint64_t segment_bytes = 16ULL * 1024 * 1024;
constexpr std::size_t name_digits = 24;

sys_days day_of(Timestamp when) {
  return std::chrono::floor<days>(std::chrono::sys_time<Microseconds>{when.since_epoch()});
}

std::string text_of_day(sys_days day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

sys_days monday_of(sys_days day) {
  return day - days{std::chrono::weekday{day}.iso_encoding() - 1};
}

sys_days first_of_month(sys_days day) {
  const std::chrono::year_month_day date{day};
  return sys_days{date.year() / date.month() / 1};
}

// Keeps are collected by id, so that a set has all its reasons.
class Keeper {
 public:
  explicit Keeper(const std::vector<CataloguedSet>& sets) {
    for (const CataloguedSet& set : sets) {
      by_id_.emplace(set.id, &set);
    }
  }

  /// The set and all it needs.
  void keep(const CataloguedSet& set, const std::string& reason) {
    add(set.id, reason);
    const CataloguedSet* child = &set;
    while (!child->parent.empty()) {
      add(child->parent, "parent of " + child->id);
      child = by_id_.at(child->parent);
    }
  }
  /// Every parent is there, up to one that has none.
  [[nodiscard]] bool is_whole(const CataloguedSet& set) const {
    std::set<std::string> seen;
    std::string id = set.id;
    while (!id.empty()) {
      const auto found = by_id_.find(id);
      if (found == by_id_.end() || !seen.insert(id).second) {
        return false;
      }
      id = found->second->parent;
    }
    return true;
  }
  [[nodiscard]] const std::vector<std::string>& reasons_for(const std::string& id) const {
    static const std::vector<std::string> none;
    const auto found = reasons_.find(id);
    return found == reasons_.end() ? none : found->second;
  }

 private:
  void add(const std::string& id, const std::string& reason) {
    std::vector<std::string>& reasons = reasons_[id];
    if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) {
      reasons.push_back(reason);
    }
  }

  std::map<std::string, const CataloguedSet*> by_id_;
  std::map<std::string, std::vector<std::string>> reasons_;
};

enum class Chosen { first, newest };

// One set of each of the last `count` periods that have any. `sets` are oldest first.
void keep_periods(Keeper& keeper, const std::vector<CataloguedSet>& sets, int count,
    const char* word, sys_days (*period_of)(sys_days), Chosen chosen) {
  std::map<sys_days, const CataloguedSet*> periods;
  for (const CataloguedSet& set : sets) {
    const auto [period, fresh] = periods.emplace(period_of(day_of(set.taken)), &set);
    if (!fresh && chosen == Chosen::newest) {
      period->second = &set;
    }
  }
  for (auto period = periods.rbegin(); period != periods.rend() && count > 0; ++period, --count) {
    keeper.keep(*period->second, fmt::format("{} {}", word, text_of_day(period->first)));
  }
}

// The newest set that was complete when the window began, else the oldest there is.
const CataloguedSet& start_of_window(
    const std::vector<CataloguedSet>& sets, Timestamp window_begin) {
  const CataloguedSet* start = &sets.front();
  for (const CataloguedSet& set : sets) {
    if (set.taken <= window_begin) {
      start = &set;
    }
  }
  return *start;
}

std::optional<Lsn> start_of_segment(std::string_view name) {
  std::uint64_t log = 0;
  std::uint64_t number = 0;
  constexpr int hexadecimal = 16;
  const auto whole = [](std::string_view text, std::uint64_t& value) {
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal);
    return problem == std::errc{} && end == text.data() + text.size();
  };
  const bool backup_label =
      name.size() > name_digits && name[name_digits] == '.' && name.ends_with(".backup");
  std::uint64_t timeline = 0;
  if ((name.size() != name_digits && !backup_label) || !whole(name.substr(0, 8), timeline) ||
      !whole(name.substr(8, 8), log) || !whole(name.substr(16, 8), number)) {
    return std::nullopt;
  }
  return Lsn{(log << 32U) + number * segment_bytes};
}

}  // namespace

bool Retention::keeps(std::string_view id) const {
  return std::any_of(kept.begin(), kept.end(), [&](const KeptSet& set) { return set.id == id; });
}

bool Retention::needs(std::string_view archived_file) const {
  const std::optional<Lsn> start = start_of_segment(archived_file);
  if (!start.has_value()) {
    return true;
  }
  const Lsn end{start->bytes() + segment_bytes};
  return end > wal_from ||
         std::any_of(wal_spans.begin(), wal_spans.end(),
             [&](const WalSpan& span) { return span.start < end && *start < span.end; });
}

Retention keep(const RetentionPolicy& policy, std::vector<CataloguedSet> sets, Timestamp now) {
  std::stable_sort(sets.begin(), sets.end(),
      [](const CataloguedSet& a, const CataloguedSet& b) { return a.taken < b.taken; });
  Keeper keeper{sets};
  Retention retention;
  std::vector<CataloguedSet> past;
  std::vector<CataloguedSet> whole;
  for (const CataloguedSet& set : sets) {
    if (!keeper.is_whole(set)) {
      retention.broken.push_back(set.id);
      continue;
    }
    whole.push_back(set);
    if (set.taken > now) {
      keeper.keep(set, "from the future");
    } else {
      past.push_back(set);
    }
  }
  if (!past.empty()) {
    keeper.keep(past.back(), "newest");
    keep_periods(
        keeper, past, policy.daily, "daily", [](sys_days day) { return day; }, Chosen::newest);
    keep_periods(keeper, past, policy.weekly, "weekly", monday_of, Chosen::first);
    keep_periods(keeper, past, policy.monthly, "monthly", first_of_month, Chosen::first);
    retention.wal_from = past.back().start;
    if (policy.pitr_days > 0) {
      const Timestamp window_begin = now + (-days{policy.pitr_days});
      const CataloguedSet& start = start_of_window(past, window_begin);
      keeper.keep(start, fmt::format("start of {} days", policy.pitr_days));
      retention.wal_from = start.start;
      for (const CataloguedSet& set : past) {
        if (set.taken > window_begin) {
          keeper.keep(set, fmt::format("within {} days", policy.pitr_days));
        }
      }
    }
  }
  for (const CataloguedSet& set : whole) {
    const std::vector<std::string>& reasons = keeper.reasons_for(set.id);
    if (reasons.empty()) {
      retention.expired.push_back(set.id);
    } else {
      retention.kept.push_back({set.id, reasons});
      retention.wal_spans.push_back({set.start, set.end});
    }
  }
  // Somebody may still mend a broken set: what is left of it keeps its WAL.
  for (const CataloguedSet& set : sets) {
    if (!keeper.is_whole(set)) {
      retention.wal_spans.push_back({set.start, set.end});
    }
  }
  return retention;
}

}  // namespace pgrehearse
