// The rotation on a real server, and the question about it: each thing that a rotation can leave
// undone is red, and what could not be tried is unknown.
#include <memory>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/scram.hpp"
#include "harness/drill/questions.hpp"
#include "harness/drill/rotation.hpp"
#include "harness/pg/login.hpp"
#include "tests/contract/bookings_server.hpp"

namespace pgrehearse {
namespace {

class CredentialRotation : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<BookingsServer>();
    restored_ =
        std::make_unique<Restored>(Restored{.cluster = server_->cluster(), .target = Latest{}});
    give("booking_app", application_);
    sql("CREATE ROLE monitor LOGIN REPLICATION; CREATE ROLE guest LOGIN VALID UNTIL "
        "'2020-01-01Z'; CREATE ROLE dormant");
    give("monitor", Secret::random());
    give("dormant", Secret::random());
    before_ = capture_intrusion_baseline(connect, server_->instance());
    old_session_ = std::make_unique<Session>(restored_->cluster.connection("bookings"));
    rotation_ = rotate_credentials(restored_->cluster);
  }
  static void TearDownTestSuite() {
    old_session_.reset();
    restored_.reset();
    server_.reset();
  }

  static Session connect(const std::string& database) {
    return restored_->cluster.connect(database);
  }
  static void sql(std::string_view text) { connect("postgres").exec(text); }
  static void give(const std::string& role, const Secret& password) {
    sql("ALTER ROLE " + identifier(role) + " PASSWORD " +
        literal(scram_sha_256_verifier(password)));
  }
  static Credentials old() {
    return {{"postgres", server_->engine().superuser_password()}, {"booking_app", application_}};
  }
  static Finding asked(const Rotation& rotation, const Credentials& old_ones = old()) {
    const std::vector<Finding> findings =
        answers_to(has_rotated_credentials(rotation, before_, old_ones), *restored_);
    EXPECT_EQ(findings.size(), 1U);
    return findings.front();
  }
  static std::string details(const Finding& finding) { return joined(finding.details, "\n"); }
  static void in_data(const std::string& script) {
    exec_or_throw(server_->instance(),
        {.argv = {"sh", "-c", "cd \"$1\" && " + script, "sh", restored_->cluster.data_path()}});
  }

  static inline const Secret application_ = Secret::random();
  static inline std::unique_ptr<BookingsServer> server_;
  static inline std::unique_ptr<Restored> restored_;
  static inline std::unique_ptr<Session> old_session_;
  static inline IntrusionBaseline before_;
  static inline Rotation rotation_;
};

TEST_F(CredentialRotation, GivesEveryRoleWithALoginOrAPasswordANewOne) {
  std::vector<std::string> roles;
  for (const auto& [role, password] : rotation_.credentials) {
    roles.push_back(role);
  }
  EXPECT_EQ(joined(roles, " "), "booking_app dormant guest monitor postgres");
  EXPECT_GE(rotation_.sessions_ended, 1U);
  EXPECT_FALSE(old_session_->alive());
  const Finding finding = asked(rotation_);
  EXPECT_EQ(finding.verdict, Verdict::met) << finding.observed << "\n" << details(finding);
  EXPECT_EQ(finding.observed.substr(0, 40), "2 of 2 old ones refused, 3 new ones good");
}

TEST_F(CredentialRotation, IsNoTraceOfAnIntruder) {
  const auto ask = [](RulePhase phase) {
    return answers_to(shows_no_trace_of_intrusion(before_, {.phase = phase}), *restored_).front();
  };
  const Finding after = ask(RulePhase::after_rotation);
  EXPECT_EQ(after.verdict, Verdict::met) << details(after);
  const Finding before = ask(RulePhase::before_rotation);
  EXPECT_EQ(before.verdict, Verdict::missed);
  EXPECT_NE(details(before).find("R06: monitor"), std::string::npos) << details(before);
}

TEST_F(CredentialRotation, ThatLeftARoleOutIsRed) {
  give("booking_app", application_);
  const Finding same_password = asked(rotation_);
  give("booking_app", rotation_.credentials.at("booking_app"));
  EXPECT_EQ(same_password.verdict, Verdict::missed);
  EXPECT_EQ(details(same_password),
      "booking_app is let in with its old credential\n"
      "booking_app is refused with its new credential");
  Rotation without = rotation_;
  without.credentials.erase("monitor");
  EXPECT_EQ(details(asked(without)), "monitor has no new credential");
}

TEST_F(CredentialRotation, ThatKeptAVerifierIsRedEvenWhenNobodyKnowsThePassword) {
  const std::string verifier =
      connect("postgres").value("SELECT rolpassword FROM pg_authid WHERE rolname = 'dormant'");
  const IntrusionBaseline now = capture_intrusion_baseline(connect, server_->instance());
  const Finding finding =
      answers_to(has_rotated_credentials(rotation_, now, old()), *restored_).front();
  EXPECT_EQ(finding.verdict, Verdict::missed);
  EXPECT_NE(details(finding).find("dormant has the verifier of before"), std::string::npos)
      << details(finding);
  EXPECT_EQ(details(finding).find(verifier), std::string::npos);
}

TEST_F(CredentialRotation, IsWorthNothingBehindALineThatTrusts) {
  in_data("sed -i '1i host all monitor 127.0.0.1/32 trust' pg_hba.conf");
  reload_settings(restored_->cluster);
  const Finding trusted = asked(rotation_);
  in_data("sed -i '1s/.*/local all all peer/' pg_hba.conf");
  reload_settings(restored_->cluster);
  const Finding peer = asked(rotation_);
  in_data("sed -i 1d pg_hba.conf");
  reload_settings(restored_->cluster);
  EXPECT_EQ(trusted.verdict, Verdict::missed);
  EXPECT_EQ(details(trusted),
      "monitor is let in with a credential that never was\n"
      "line 1 of pg_hba.conf asks for no credential (trust)");
  EXPECT_EQ(details(peer), "line 1 of pg_hba.conf asks for no credential (peer)");
  EXPECT_EQ(asked(rotation_).verdict, Verdict::met);
}

TEST_F(CredentialRotation, WithASessionOfBeforeLeftIsRed) {
  Rotation later = rotation_;
  const Session session = connect("bookings");
  later.done = Timestamp::parse(connect("postgres").value("SELECT clock_timestamp()"));
  EXPECT_EQ(details(asked(later)), "1 sessions of before are left");
}

TEST_F(CredentialRotation, OfWhichNothingWasTriedIsUnknown) {
  EXPECT_EQ(asked(rotation_, {}).verdict, Verdict::unknown);
  restored_->cluster.stop();
  const Finding dead = asked(rotation_);
  restored_->cluster.start();
  EXPECT_EQ(dead.verdict, Verdict::unknown);
}

}  // namespace
}  // namespace pgrehearse
