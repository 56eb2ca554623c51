#include <gtest/gtest.h>

#include "harness/drill/questions.hpp"

namespace pgrehearse {
namespace {

const CheckSpec as_many{.id = "payments", .sql = "SELECT count(*)", .expect = "= baseline"};

Marker marker_with(const std::string& value, std::vector<Xid> moved) {
  Marker marker;
  marker.check_values["payments"] = value;
  marker.movement.transactions = std::move(moved);
  return marker;
}

TEST(FindingOfCheck, IsMetWhenTheValueIsTheOneOfTheMarker) {
  EXPECT_EQ(finding_of_check(as_many, marker_with("7", {}), "7").verdict, Verdict::met);
  EXPECT_EQ(finding_of_check(as_many, marker_with("7", {Xid{800}}), "7").verdict, Verdict::met);
}

TEST(FindingOfCheck, IsMissedWhenNothingCameBetweenBaselineAndMarker) {
  EXPECT_EQ(finding_of_check(as_many, marker_with("7", {}), "8").verdict, Verdict::missed);
}

TEST(FindingOfCheck, IsUnknownWhenClientsCommittedBetweenBaselineAndMarker) {
  const Finding finding = finding_of_check(as_many, marker_with("7", {Xid{800}, Xid{801}}), "8");
  EXPECT_EQ(finding.verdict, Verdict::unknown);
  EXPECT_NE(finding.observed.find("committed 2 times"), std::string::npos) << finding.observed;
}

TEST(FindingOfCheck, IsMissedAgainstAConstantWhateverCameBetween) {
  const CheckSpec constant{.id = "payments", .sql = "SELECT count(*)", .expect = "= 7"};
  EXPECT_EQ(finding_of_check(constant, marker_with("", {Xid{800}}), "8").verdict, Verdict::missed);
}

TEST(FindingOfCheck, IsUnknownWithoutABaseline) {
  EXPECT_EQ(finding_of_check(as_many, Marker{}, "7").verdict, Verdict::unknown);
}

}  // namespace
}  // namespace pgrehearse
