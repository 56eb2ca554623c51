// What a kind of backup does not bring back, by its nature and not by a fault: one table, with the
// reason. Such a difference is no finding, and is printed all the same.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/check/fact.hpp"

namespace pgrehearse {

/// How the restored cluster came to be.
enum class Carrier {
  data_directory,  ///< a copy of all files, and WAL replayed on it: base backups and standbys
  dump,            ///< SQL loaded into a cluster that was new
  nothing,         ///< it is the very cluster, mended in place
};

enum class Loss {
  absent,     ///< not there; where it is there, it must be the same
  anew,       ///< there, with the value it begins with; another is a finding
  own_value,  ///< the restored cluster has its own, or none: not compared
};

struct NotCarried {
  Carrier by;
  FactKind kind;
  std::string_view noun;      ///< "replication slot"; empty for all of them
  std::string_view database;  ///< only facts of this one; empty for all
  Loss loss;
  std::string_view anew;    ///< the value it begins with
  std::string_view reason;  ///< a sentence without its period
};

[[nodiscard]] std::span<const NotCarried> everything_not_carried();

struct Explained {
  FactKind kind;
  std::string name;
  std::string_view reason;
};

/// The expected and the observed facts, without the differences that the kind of backup explains.
struct Comparable {
  Facts expected = {};
  Facts observed = {};
  std::vector<Explained> explained = {};
};
[[nodiscard]] Comparable without_losses(const Facts& expected, const Facts& observed, Carrier by);

}  // namespace pgrehearse
