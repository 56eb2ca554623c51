// A check that fails while it asks has found nothing out: its answer is unknown, never green.
#include "harness/drill/answers.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

using Findings = std::vector<Finding>;

const char* const check = "rows";

Findings answers(const std::function<Findings()>& ask) {
  return answers_to(check, "is every row there?", ask);
}

Finding only_answer(const std::function<Findings()>& ask) {
  const Findings findings = answers(ask);
  EXPECT_EQ(findings.size(), 1U);
  return findings.empty() ? Finding{.verdict = Verdict::met} : findings.front();
}

TEST(Answers, AreThoseOfTheCheckWhereItHasAny) {
  const Findings findings = answers([] {
    return Findings{{.check = "rows", .verdict = Verdict::met},
        {.check = "content", .verdict = Verdict::missed}};
  });
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].verdict, Verdict::met);
  EXPECT_EQ(findings[1].verdict, Verdict::missed);
}

TEST(Answers, OfACheckThatFindsNothingAreUnknown) {
  const Finding finding = only_answer([] { return Findings{}; });
  EXPECT_EQ(finding.verdict, Verdict::unknown);
  EXPECT_EQ(finding.check, check);
}

TEST(Answers, OfACheckThatEndsWithAnErrorAreUnknownWithItsReason) {
  const Finding finding = only_answer([]() -> Findings {
    throw Error{ErrorCode::connection_lost, "the server is gone"};
  });
  EXPECT_EQ(finding.verdict, Verdict::unknown);
  EXPECT_EQ(finding.check, check);
  EXPECT_EQ(finding.observed, "could not ask: connection-lost");
  EXPECT_EQ(finding.details, std::vector<std::string>{"the server is gone"});
}

// The text of an exception that is not ours may hold anything: it is not repeated.
TEST(Answers, OfACheckThatThrowsAnythingElseAreUnknownWithoutItsText) {
  const Finding finding =
      only_answer([]() -> Findings { throw std::out_of_range{"value of a row"}; });
  EXPECT_EQ(finding.verdict, Verdict::unknown);
  EXPECT_EQ(finding.check, check);
  EXPECT_EQ(finding.observed, "could not ask: the check itself failed");
  EXPECT_EQ(finding.details, std::vector<std::string>{});
}

TEST(Answers, AreNotWaitedForOnceTheRunIsToEnd) {
  EXPECT_THROW(answers([]() -> Findings {
    throw Error{ErrorCode::interrupted, "SIGTERM"};
  }),
      Error);
}

}  // namespace
}  // namespace pgrehearse
