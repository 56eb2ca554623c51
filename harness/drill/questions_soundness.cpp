// soundness: the files of the restored cluster hold what their structure promises.
#include <fmt/format.h>

#include "harness/check/reproof.hpp"
#include "harness/check/soundness.hpp"
#include "harness/drill/questions.hpp"

namespace pgrehearse {
namespace {

// What amcheck found, and what the rows disprove of what the catalogs say.
Examination examined(const Cluster& cluster) {
  Examination examination = examine(cluster);
  Session session = cluster.connect();
  for (const Row& row :
      session.exec("SELECT datname FROM pg_catalog.pg_database WHERE datallowconn ORDER BY 1")) {
    Session inside = cluster.connect(*row[0]);
    for (Ailment& ailment : disproven_in(inside, *row[0])) {
      examination.ailments.push_back(std::move(ailment));
    }
  }
  return examination;
}

}  // namespace

Question is_sound() {
  return {.check = "soundness",
      .sentence = "is every table and every btree index sound?",
      .ask = [](Restored& restored) -> std::vector<Finding> {
        const Examination examination = examined(restored.cluster);
        Finding finding{.check = "soundness",
            .question = "is every table and every btree index sound?",
            .expected =
                "pg_amcheck reads all of them, every row is in every btree index, every "
                "constraint holds on the rows",
            .observed = fmt::format("{} relations are not sound", examination.ailments.size()),
            .verdict = !examination.ailments.empty() ? Verdict::missed
                       : examination.complete        ? Verdict::met
                                                     : Verdict::unknown};
        for (const Ailment& ailment : examination.ailments) {
          finding.details.push_back(ailment.relation + ": " + ailment.what);
        }
        if (!examination.complete) {
          finding.observed = examination.trouble;
        }
        return {finding};
      }};
}

}  // namespace pgrehearse
