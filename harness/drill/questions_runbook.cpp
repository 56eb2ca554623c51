#include "harness/drill/questions_runbook.hpp"

namespace pgrehearse {
namespace {

std::vector<Finding> ask_ending(const Restored& restored) {
  if (restored.loaded) {
    return {{.check = "recovery-ending",
        .question = "does the server run that the dump was loaded into?",
        .expected = "it takes writes",
        .observed = restored.serving ? "it does" : restored.trouble,
        .verdict = restored.serving ? Verdict::met : Verdict::missed}};
  }
  const bool as_asked = restored.ending.outcome == RecoveryOutcome::target_reached &&
                        restored.serving && !restored.ending.began_as_a_crash && restored.control &&
                        restored.control->state == "in production";
  return {{.check = "recovery-ending",
      .question = "did recovery stop at a target, and was the server promoted?",
      .expected = "target reached, in production",
      .observed = restored.trouble.empty() ? std::string{name_of(restored.ending.outcome)}
                                           : restored.trouble,
      .verdict = as_asked ? Verdict::met : Verdict::missed}};
}

}  // namespace

Question stopped_where_its_runbook_said() {
  return {.check = "recovery-ending",
      .sentence = "did recovery end where the runbook told it to?",
      .ask = [](Restored& restored) { return ask_ending(restored); }};
}

}  // namespace pgrehearse
