#include "harness/pg/recovery_target.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t longest_name = 63;       // MAXFNAMELEN - 1
constexpr std::uint32_t first_normal_xid = 3;  // FirstNormalTransactionId

std::string on_or_off(bool value) {
  return value ? "on" : "off";
}
std::string_view inclusion(bool value) {
  return value ? "inclusive" : "exclusive";
}

// UTC with a numeric offset: a text without one is read in the zone of the restored server, and
// zone abbreviations mean different things on different servers.
std::string server_time(Timestamp when) {
  std::string text = when.text();
  std::replace(text.begin(), text.end(), 'T', ' ');
  text.pop_back();  // the Z
  return text + "+00";
}

struct SettingsOf {
  Settings operator()(const AtName& target) const {
    check_restore_point_name(target.restore_point);
    return {{"recovery_target_name", target.restore_point}};
  }
  Settings operator()(const AtTime& target) const {
    return {{"recovery_target_time", server_time(target.when)},
        {"recovery_target_inclusive", on_or_off(target.inclusive)}};
  }
  Settings operator()(const AtLsn& target) const {
    return {{"recovery_target_lsn", target.lsn.text()}, {"recovery_target_inclusive", "off"}};
  }
  Settings operator()(const AtXid& target) const {
    // The epoch is not part of the comparison: the server keeps the low 32 bits only.
    const auto low = static_cast<std::uint32_t>(target.xid);
    if (low < first_normal_xid) {
      throw Error{ErrorCode::bad_value, fmt::format("{} is not the id of a transaction", low),
          "Take the value of pg_current_xact_id() from inside the transaction."};
    }
    return {{"recovery_target_xid", fmt::to_string(low)},
        {"recovery_target_inclusive", on_or_off(target.inclusive)}};
  }
  Settings operator()(const Immediate&) const { return {{"recovery_target", "immediate"}}; }
  Settings operator()(const Latest&) const { return {}; }
};

struct TextOf {
  std::string operator()(const AtName& target) const {
    return fmt::format("name '{}'", target.restore_point);
  }
  std::string operator()(const AtTime& target) const {
    return fmt::format("time {}, {}", target.when.text(), inclusion(target.inclusive));
  }
  std::string operator()(const AtLsn& target) const {
    return fmt::format("LSN {}, exclusive", target.lsn.text());
  }
  std::string operator()(const AtXid& target) const {
    return fmt::format(
        "XID {}, {}", static_cast<std::uint64_t>(target.xid), inclusion(target.inclusive));
  }
  std::string operator()(const Immediate&) const { return "immediate"; }
  std::string operator()(const Latest&) const { return "latest"; }
};

}  // namespace

void check_restore_point_name(std::string_view name) {
  const bool printable = std::all_of(
      name.begin(), name.end(), [](char letter) { return letter >= ' ' && letter <= '~'; });
  if (name.empty() || name.size() > longest_name || !printable) {
    throw Error{ErrorCode::bad_value,
        fmt::format(
            "a restore point's name has 1 to {} bytes of printable ASCII, not these {} bytes",
            longest_name, name.size()),
        "Shorten it: the server refuses longer names only after the restore has begun."};
  }
}

Settings recovery_settings(const RecoveryTarget& target, TimelineId timeline) {
  Settings settings = std::visit(SettingsOf{}, target);
  settings.emplace_back(
      "recovery_target_timeline", fmt::to_string(static_cast<std::uint32_t>(timeline)));
  settings.emplace_back("recovery_target_action", "promote");
  return settings;
}

std::string text_of(const RecoveryTarget& target) {
  return std::visit(TextOf{}, target);
}

}  // namespace pgrehearse
