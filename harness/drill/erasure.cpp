#include "harness/drill/erasure.hpp"

#include <charconv>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/check/capture.hpp"
#include "harness/drill/sql_or_command.hpp"

namespace pgrehearse {
namespace {

std::int64_t remaining(Cluster& cluster, const Subject& subject) {
  const std::string answer = cluster.connect(subject.database).value(subject.erasure->remaining);
  std::int64_t count = -1;
  std::from_chars(answer.data(), answer.data() + answer.size(), count);
  if (count < 0) {
    throw Error{ErrorCode::bad_config, "'remaining' under 'erasure' does not count",
        "Give a query with one whole number as its answer, such as SELECT count(*) ..."};
  }
  return count;
}

Facts all_facts(Cluster& cluster) {
  return capture_facts([&](const std::string& database) { return cluster.connect(database); });
}

}  // namespace

Erasure erase(Source& source) {
  const Subject& subject = source.subject();
  if (!subject.erasure) {
    throw Error{ErrorCode::bad_config, "drill.yaml has no 'erasure'",
        "Give it one, or leave this case out with --gtest_filter."};
  }
  source.hold_clients();
  if (remaining(source.cluster(), subject) == 0) {
    throw Error{ErrorCode::bad_config, "there is nothing for drill.yaml's 'erasure' to erase",
        "Let it erase something that the seed makes."};
  }
  Erasure erasure{.before = all_facts(source.cluster())};
  apply(subject.erasure->erase, subject, source.hook(source.cluster(), "erase"));
  erasure.after = all_facts(source.cluster());
  if (const std::int64_t left = remaining(source.cluster(), subject); left != 0) {
    throw Error{ErrorCode::bad_config,
        fmt::format("after drill.yaml's 'erasure', 'remaining' still counts {}", left),
        "The two must speak of the same data."};
  }
  return erasure;
}

void erase_again(Erasure& erasure, Restored& restored, const Source& source) {
  const Subject& subject = source.subject();
  erasure.came_back = remaining(restored.cluster, subject);
  apply(subject.erasure->erase, subject, source.hook(restored.cluster, "erase-again"));
  restored.facts.reset();
}

}  // namespace pgrehearse
