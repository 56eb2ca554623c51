// soundness: the files of the restored cluster hold what their structure promises.
#include <fmt/format.h>

#include "harness/check/soundness.hpp"
#include "harness/drill/questions.hpp"

namespace pgrehearse {

Question is_sound() {
  return {.check = "soundness",
      .sentence = "is every table and every btree index sound?",
      .ask = [](Restored& restored) -> std::vector<Finding> {
        const Examination examination = examine(restored.cluster);
        Finding finding{.check = "soundness",
            .question = "is every table and every btree index sound?",
            .expected = "pg_amcheck reads all of them, every row is in every btree index",
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
