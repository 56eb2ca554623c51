// One change of the built-in subject for every kind of fact: what changes, and what a comparison
// must say of it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace pgrehearse {

struct FactChange {
  std::string_view sentence;
  std::string_view sql;
  /// "schema different bookings: index public.x", and nothing else.
  std::vector<std::string_view> seen;
  /// Where a rollback cannot undo it; empty: the change is made in a transaction.
  std::string_view undo = {};
};

/// Of what is in the tables, and of what they are made of.
[[nodiscard]] std::vector<FactChange> changes_of_relations();
/// Of code, types, and what ties the database to others.
[[nodiscard]] std::vector<FactChange> changes_of_code();
/// Of roles, grants and the cluster.
[[nodiscard]] std::vector<FactChange> changes_of_the_cluster();
/// Of one word in a definition at a time.
[[nodiscard]] std::vector<FactChange> changes_of_details();

/// Two changes that a careless fact takes for the same.
struct LookAlike {
  std::string_view sentence;
  std::string_view one;
  std::string_view other;
  std::string_view seen;  ///< between the two, and nothing else
};

[[nodiscard]] std::vector<LookAlike> look_alikes();

}  // namespace pgrehearse
