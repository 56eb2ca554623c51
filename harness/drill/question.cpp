#include "harness/drill/question.hpp"

#include "harness/base/error.hpp"

namespace pgrehearse {

std::vector<Finding> answers_to(const Question& question, Restored& restored) {
  Finding unknown{.check = question.check,
      .question = question.sentence,
      .expected = "an answer",
      .observed = "none"};
  try {
    std::vector<Finding> findings = question.ask(restored);
    if (!findings.empty()) {
      return findings;
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    unknown.observed = std::string{"could not ask: "} + std::string{name_of(error.code())};
    unknown.details.push_back(error.message());
  } catch (const std::exception&) {
    unknown.observed = "could not ask: the check itself failed";
  }
  return {unknown};
}

}  // namespace pgrehearse
