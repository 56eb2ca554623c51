#include "harness/drill/question.hpp"

#include "harness/base/error.hpp"
#include "harness/drill/answers.hpp"

namespace pgrehearse {

std::vector<Finding> answers_to(const Question& question, Restored& restored) {
  return answers_to(question.check, question.sentence, [&] { return question.ask(restored); });
}

std::vector<Finding> answers_to(const std::string& check, const std::string& sentence,
    const std::function<std::vector<Finding>()>& ask) {
  Finding unknown{
      .check = check, .question = sentence, .expected = "an answer", .observed = "none"};
  try {
    std::vector<Finding> findings = ask();
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
