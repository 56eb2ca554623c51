#include "harness/check/store_access.hpp"

#include <functional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view probe = "rotation/probe";
constexpr std::string_view intruders_probe = "rotation/probe-of-before";
constexpr std::string_view own_probe_of_region = "access/probe";
constexpr std::string_view lost_regions_probe = "access/probe-of-the-lost-region";

/// Whose credentials are tried on which object, and what they would write.
struct Stranger {
  std::string name;
  std::string object;
  std::string writes;
};

// Only the store's own "no" is a refusal; that it does not answer proves nothing.
bool refuses(const std::function<void()>& act) {
  try {
    act();
    return false;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::store_refused) {
      throw;
    }
    return true;
  }
}

std::string read_by(ObjectStore& store, const std::string& key) {
  return read_proven(store, key, {}, [](std::string_view) {}).sha256;
}

std::size_t ask_as(ObjectStore& store, const Stranger& stranger, Finding& finding) {
  const std::vector<std::pair<std::string, std::function<void()>>> acts{
      {"lists objects", [&] { static_cast<void>(store.list("")); }},
      {"looks at an object", [&] { static_cast<void>(store.stat(stranger.object)); }},
      {"reads an object", [&] { static_cast<void>(read_by(store, stranger.object)); }},
      {"writes an object", [&] { store.put(stranger.writes, Content::of_bytes("x"), {}); }},
      {"removes an object", [&] { store.remove(stranger.object, {}); }}};
  std::size_t refused = 0;
  for (const auto& [what, act] : acts) {
    if (refuses(act)) {
      ++refused;
    } else {
      add_details(finding, {stranger.name}, what);
    }
  }
  return refused;
}

void compare(const std::map<std::string, std::string>& before,
    const std::map<std::string, std::string>& now, Finding& finding) {
  for (const auto& [key, digest] : before) {
    const auto found = now.find(key);
    if (found == now.end()) {
      add_details(finding, {key}, "is gone");
    } else if (found->second != digest) {
      add_details(finding, {key}, "is another");
    }
  }
  for (const auto& [key, digest] : now) {
    if (!before.contains(key)) {
      add_details(finding, {key}, "was not there before");
    }
  }
}

}  // namespace

std::map<std::string, std::string> digests_of(ObjectStore& store) {
  std::map<std::string, std::string> digests;
  for (const ObjectInfo& object : store.list("")) {
    digests.emplace(object.key, read_by(store, object.key));
  }
  return digests;
}

Finding ask_store_credentials(ObjectStore& with_old, ObjectStore& with_new,
    const std::map<std::string, std::string>& before) {
  Finding finding{.check = "store-credentials-rotated",
      .question = "does the store refuse the old credential, and is all there for the new one?",
      .expected = fmt::format(
          "old one: refused in all it tries; new one: {} objects as before", before.size())};
  const std::string own_probe{probe};
  if (refuses([&] { with_new.put(own_probe, Content::of_bytes("after the rotation"), {}); })) {
    finding.observed = "the new credential is refused";
    finding.verdict = Verdict::missed;
    return finding;
  }
  const std::size_t refused = ask_as(with_old,
      {.name = "the old credential", .object = own_probe, .writes = std::string{intruders_probe}},
      finding);
  with_new.remove(own_probe, {});
  compare(before, digests_of(with_new), finding);
  with_new.remove(std::string{intruders_probe}, {});
  finding.observed = fmt::format("old one: refused in {} of 5; new one: {} objects{}", refused,
      before.size(), finding.details.empty() ? " as before" : "");
  finding.verdict = !finding.details.empty() ? Verdict::missed
                    : before.empty()         ? Verdict::unknown
                                             : Verdict::met;
  return finding;
}

Finding ask_region_credentials(
    ObjectStore& own, ObjectStore& with_lost, std::uint64_t requests_to_lost) {
  Finding finding{.check = "region-credentials",
      .question = "do region B's own credentials suffice, and does its store refuse those of A?",
      .expected =
          "B's read, list and write there, A's are refused in all they try, and A's store "
          "was not asked since it was lost"};
  const std::string object{own_probe_of_region};
  const std::string theirs{lost_regions_probe};
  if (refuses([&] {
        own.put(object, Content::of_bytes("after the outage"), {});
        static_cast<void>(own.list("access/"));
        static_cast<void>(read_by(own, object));
      })) {
    finding.observed = "region B's credentials are refused there";
    finding.verdict = Verdict::missed;
    return finding;
  }
  const std::size_t refused = ask_as(
      with_lost, {.name = "region A's credential", .object = object, .writes = theirs}, finding);
  own.remove(object, {});
  own.remove(theirs, {});
  if (requests_to_lost > 0) {
    add_details(finding, {"region A's store"}, fmt::format("was asked {} times", requests_to_lost));
  }
  finding.observed = fmt::format(
      "B's suffice; A's: refused in {} of 5; A's store: asked {} times", refused, requests_to_lost);
  finding.verdict = finding.details.empty() ? Verdict::met : Verdict::missed;
  return finding;
}

}  // namespace pgrehearse
