#include "harness/check/not_carried.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

constexpr std::string_view counters = "counters begin anew on every restored server";
constexpr std::string_view unlogged =
    "recovery empties unlogged tables, since the WAL has nothing of them";
constexpr std::string_view of_the_cluster =
    "it belongs to a cluster, and a dump holds roles, tablespaces and one database";
constexpr std::string_view a_template = "a dump holds one database, and template1 is another one";

// Documentation of Postgres 15: 26.3.6 (files a base backup leaves out), CREATE TABLE (UNLOGGED),
// pg_dump (Notes on subscriptions), pg_dumpall.
constexpr NotCarried table[] = {
    {Carrier::data_directory, FactKind::server, "replication slot", "", Loss::absent, "",
        "a base backup leaves slots out, lest WAL be kept for nobody"},
    {Carrier::data_directory, FactKind::rows, "unlogged table", "", Loss::anew, "0", unlogged},
    {Carrier::data_directory, FactKind::content, "unlogged table", "", Loss::anew, "0/0", unlogged},
    {Carrier::data_directory, FactKind::sequences, "unlogged sequence", "", Loss::own_value, "",
        "recovery resets unlogged sequences, since the WAL has nothing of them"},
    {Carrier::data_directory, FactKind::server, "checksum failures in", "", Loss::anew, "0",
        counters},
    {Carrier::dump, FactKind::server, "checksum failures in", "", Loss::anew, "0", counters},
    {Carrier::nothing, FactKind::server, "checksum failures in", "", Loss::own_value, "",
        "the server still counts the damage that was mended"},
    {Carrier::dump, FactKind::server, "replication slot", "", Loss::absent, "", of_the_cluster},
    {Carrier::dump, FactKind::server, "replication origin", "", Loss::absent, "", of_the_cluster},
    {Carrier::dump, FactKind::server, "prepared transaction", "", Loss::absent, "",
        "what is not committed is not in a dump"},
    {Carrier::dump, FactKind::server, "state of subscription", "", Loss::anew, "disabled",
        "a dump brings subscriptions back disabled: enabling them is a step of the runbook"},
    {Carrier::dump, FactKind::server, "setting", "", Loss::own_value, "",
        "the server's files are not in a dump"},
    {Carrier::dump, FactKind::server, "system", "", Loss::own_value, "",
        "a dump is loaded into another cluster"},
    {Carrier::dump, FactKind::schema, "comments on built-in objects", "", Loss::own_value, "",
        "a dump leaves out what every cluster has"},
    {Carrier::dump, FactKind::schema, "", "template1", Loss::own_value, "", a_template},
    {Carrier::dump, FactKind::rows, "", "template1", Loss::own_value, "", a_template},
    {Carrier::dump, FactKind::content, "", "template1", Loss::own_value, "", a_template},
    {Carrier::dump, FactKind::sequences, "", "template1", Loss::own_value, "", a_template},
    {Carrier::dump, FactKind::roles, "", "template1", Loss::own_value, "", a_template},
    {Carrier::dump, FactKind::extensions, "", "template1", Loss::own_value, "", a_template},
};

// The name of a fact begins with its database, if it has one, and goes on with the noun:
// "bookings: unlogged table public.visits", "replication slot x".
bool is_about(const NotCarried& row, const Fact& fact) {
  if (fact.kind != row.kind) {
    return false;
  }
  std::string_view name = fact.name;
  if (!row.database.empty()) {
    return name.starts_with(fmt::format("{}: ", row.database));
  }
  const std::size_t colon =
      fact.kind == FactKind::server ? std::string_view::npos : name.find(": ");
  name.remove_prefix(colon == std::string_view::npos ? 0 : colon + 2);
  return name.starts_with(row.noun) && name.substr(row.noun.size()).starts_with(' ');
}

const NotCarried* loss_of(const Fact& fact, Carrier by) {
  const auto* const row = std::find_if(std::begin(table), std::end(table),
      [&](const NotCarried& candidate) { return candidate.by == by && is_about(candidate, fact); });
  return row == std::end(table) ? nullptr : row;
}

using ByName = std::map<std::pair<FactKind, std::string_view>, const Fact*>;

ByName by_name(const Facts& facts) {
  ByName found;
  for (const Fact& fact : facts) {
    found.emplace(std::pair{fact.kind, std::string_view{fact.name}}, &fact);
  }
  return found;
}

// Either side may lack it.
bool explains(const NotCarried& row, const Fact* expected, const Fact* observed) {
  switch (row.loss) {
    case Loss::absent:
      return observed == nullptr;
    case Loss::anew:
      return expected != nullptr && observed != nullptr && observed->value == row.anew;
    case Loss::own_value:
      return true;
  }
  return false;
}

}  // namespace

std::span<const NotCarried> everything_not_carried() {
  return table;
}

Comparable without_losses(const Facts& expected, const Facts& observed, Carrier by) {
  const ByName wanted = by_name(expected);
  const ByName seen = by_name(observed);
  Comparable left;
  const auto keep = [&](const Fact& fact, const ByName& others, bool is_expected) {
    const auto other = others.find({fact.kind, fact.name});
    const Fact* there = other == others.end() ? nullptr : other->second;
    const NotCarried* row = there != nullptr && *there == fact ? nullptr : loss_of(fact, by);
    const bool explained = row != nullptr && (is_expected ? explains(*row, &fact, there)
                                                          : explains(*row, there, &fact));
    if (!explained) {
      (is_expected ? left.expected : left.observed).push_back(fact);
    } else if (is_expected || there == nullptr) {
      left.explained.push_back({fact.kind, fact.name, row->reason});
    }
  };
  for (const Fact& fact : expected) {
    keep(fact, seen, true);
  }
  for (const Fact& fact : observed) {
    keep(fact, wanted, false);
  }
  return left;
}

}  // namespace pgrehearse
