// The intrusion scan on a real server: a healthy one shows nothing, each trick is seen by the rule
// that is there for it, and what cannot be asked is an error, never "nothing found".
#include <algorithm>
#include <chrono>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/check/intrusion.hpp"
#include "harness/incident/persistence.hpp"
#include "tests/contract/bookings_server.hpp"

namespace pgrehearse {
namespace {

using Findings = std::vector<IntrusionFinding>;

// "hidden-superuser" as GoogleTest wants names.
std::string camel(std::string_view id) {
  std::string name;
  bool begins = true;
  for (const char letter : id) {
    if (letter != '-') {
      name += begins ? static_cast<char>(std::toupper(letter)) : letter;
    }
    begins = letter == '-';
  }
  return name;
}

std::vector<Trick> all_tricks() {
  std::vector<Trick> all{tricks_on_clusters().begin(), tricks_on_clusters().end()};
  all.insert(all.end(), tricks_in_databases().begin(), tricks_in_databases().end());
  return all;
}

std::string text_of(const Findings& findings) {
  std::string text;
  for (const IntrusionFinding& finding : findings) {
    text += fmt::format(
        "{} {}: {}: {}\n", finding.rule, finding.database, finding.object, finding.what);
  }
  return text;
}

bool sees(const Findings& findings, std::string_view rule) {
  return std::any_of(findings.begin(), findings.end(),
      [&](const IntrusionFinding& finding) { return finding.rule == rule; });
}

class IntrusionScan : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<BookingsServer>();
    baseline_ = capture_intrusion_baseline(
        server_->connect(), server_->instance(), {"bookings.public.site_members"});
  }
  static void TearDownTestSuite() { server_.reset(); }

  static Findings scan(const ScanOptions& options = {}) {
    return scan_for_intrusion(server_->connect(), server_->instance(), baseline_, options);
  }
  static Stage stage() { return {server_->cluster(), "bookings", "public.site_members"}; }

  static inline std::unique_ptr<BookingsServer> server_;
  static inline IntrusionBaseline baseline_;
};

TEST_F(IntrusionScan, FindsNothingInAHealthyCluster) {
  EXPECT_EQ(text_of(scan()), "");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(text_of(scan()), "");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  RecordProperty("seconds", fmt::format("{:.3f}", took.count()));
  fmt::print("one scan: {:.3f} s, {} rows\n", took.count(), baseline_.rows.size());
}

class IntrusionTrick : public IntrusionScan, public testing::WithParamInterface<Trick> {};

TEST_P(IntrusionTrick, IsSeenByItsRule) {
  const Trick& trick = GetParam();
  Findings found;
  {
    const Planted planted = plant(stage(), trick);
    found = scan();
  }
  uproot(stage(), trick);
  EXPECT_TRUE(sees(found, trick.rule)) << trick.title << "\n" << text_of(found);
  EXPECT_EQ(text_of(scan()), "") << "it was not taken back, or the scan itself leaves something";
}

INSTANTIATE_TEST_SUITE_P(Of, IntrusionTrick, testing::ValuesIn(all_tricks()),
    [](const testing::TestParamInfo<Trick>& trick) { return camel(trick.param.id); });

}  // namespace
}  // namespace pgrehearse
