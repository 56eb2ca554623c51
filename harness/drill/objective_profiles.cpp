#include "harness/drill/objective_profiles.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct Profile {
  std::string_view name;
  Milliseconds rpo;
  Milliseconds rto;
};

constexpr std::array profiles{
    Profile{"daily-backup", hours{24}, hours{4}},
    Profile{"hourly-backup", hours{1}, hours{2}},
    Profile{"staging", hours{24}, minutes{90}},
    Profile{"pitr", minutes{5}, hours{2}},
};

}  // namespace

Objectives objective_profile(std::string_view name) {
  const auto found = std::find_if(profiles.begin(), profiles.end(),
      [&](const Profile& profile) { return profile.name == name; });
  if (found == profiles.end()) {
    throw Error{ErrorCode::bad_config, fmt::format("there is no objective profile '{}'", name),
        "Known are daily-backup, hourly-backup, staging and pitr."};
  }
  return {found->rpo, found->rto};
}

}  // namespace pgrehearse
