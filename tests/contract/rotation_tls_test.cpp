// The TLS key of a real server, stolen and rotated, and the question about it: whatever looks like
// a rotation and is none is red, and what could not be asked is unknown.
#include <memory>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/questions.hpp"
#include "harness/drill/rotation.hpp"
#include "harness/pg/tls.hpp"
#include "tests/contract/bookings_server.hpp"

namespace pgrehearse {
namespace {

class TlsKeyRotation : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<BookingsServer>();
    restored_ =
        std::make_unique<Restored>(Restored{.cluster = server_->cluster(), .target = Latest{}});
  }
  static void TearDownTestSuite() {
    restored_.reset();
    server_.reset();
  }
  // Every case begins with the server that came back: it has the stolen key.
  void SetUp() override { serve(stolen_); }

  static void serve(const TlsKey& key) {
    serve_tls(restored_->cluster, restored_->settings, key.private_key, key.certificate);
  }
  static Finding asked(const TlsKey& fresh) {
    const std::vector<Finding> findings =
        answers_to(has_rotated_tls_key(stolen_, fresh), *restored_);
    EXPECT_EQ(findings.size(), 1U);
    return findings.front();
  }
  static std::string details(const Finding& finding) { return joined(finding.details, "\n"); }
  static std::string in_data(const std::string& script) {
    return exec_or_throw(server_->instance(),
        {.argv = {"sh", "-c", "cd \"$1\" && " + script, "sh", restored_->cluster.data_path()}})
        .out;
  }

  static inline const TlsKey stolen_ = make_tls_key();
  static inline std::unique_ptr<BookingsServer> server_;
  static inline std::unique_ptr<Restored> restored_;
};

TEST_F(TlsKeyRotation, LeavesNothingToTheOldKey) {
  EXPECT_TRUE(client_accepts(restored_->cluster, stolen_.certificate)) << "it was no key at all";
  const TlsKey fresh = rotate_tls_key(restored_->cluster, restored_->settings);
  const Finding finding = asked(fresh);
  EXPECT_EQ(finding.verdict, Verdict::met) << finding.observed << "\n" << details(finding);
  EXPECT_FALSE(client_accepts(restored_->cluster, stolen_.certificate));
  EXPECT_EQ(in_data("cat server.key"), fresh.private_key.reveal()) << "the old file stayed";
}

TEST_F(TlsKeyRotation, KeepsTheKeyFromOthersOfTheHost) {
  EXPECT_EQ(in_data("stat -c '%a %U' server.key"), in_data("stat -c '600 %U' PG_VERSION"));
}

TEST_F(TlsKeyRotation, IsSeenByOrdinarySessions) {
  EXPECT_EQ(restored_->cluster.connect().value(
                "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"),
      "t");
}

TEST_F(TlsKeyRotation, OfWhichTheServerKnowsNothingIsRed) {
  const TlsKey fresh = make_tls_key();
  const Finding never_put_there = asked(fresh);
  put_file(restored_->cluster.instance(), restored_->cluster.data_path() + "/server.crt",
      fresh.certificate);
  put_file(restored_->cluster.instance(), restored_->cluster.data_path() + "/server.key",
      fresh.private_key.reveal());
  const Finding not_read = asked(fresh);
  for (const Finding& finding : {never_put_there, not_read}) {
    EXPECT_EQ(finding.verdict, Verdict::missed);
    EXPECT_EQ(details(finding),
        "the server proves itself with the key of before\n"
        "a client that trusts only the old certificate accepts it\n"
        "a client that trusts only the new certificate refuses it");
  }
  restored_->cluster.reload();
  EXPECT_EQ(asked(fresh).verdict, Verdict::met);
}

// Postgres says so in its log alone, and goes on with what it has.
TEST_F(TlsKeyRotation, WhoseCertificateDoesNotFitItsKeyIsRed) {
  const TlsKey fresh = make_tls_key();
  serve({.private_key = fresh.private_key, .certificate = make_tls_key().certificate});
  EXPECT_EQ(asked(fresh).verdict, Verdict::missed);
}

TEST_F(TlsKeyRotation, ThatOnlyRenewedTheCertificateIsRed) {
  const TlsKey renewed = with_new_certificate(stolen_);
  serve(renewed);
  const Finding finding = asked(renewed);
  EXPECT_EQ(finding.verdict, Verdict::missed);
  EXPECT_EQ(details(finding).substr(0, 47), "the server proves itself with the key of before");
}

TEST_F(TlsKeyRotation, ThatEndedWithAnotherKeyIsRed) {
  serve(make_tls_key());
  const Finding finding = asked(make_tls_key());
  EXPECT_EQ(finding.verdict, Verdict::missed);
  EXPECT_EQ(details(finding),
      "the server proves itself with a key that nobody gave it\n"
      "a client that trusts only the new certificate refuses it");
}

TEST_F(TlsKeyRotation, ThatEndedWithoutTlsIsRed) {
  restored_->cluster.connect().exec("ALTER SYSTEM SET ssl = off");
  restored_->cluster.reload();
  const Finding finding = asked(make_tls_key());
  restored_->cluster.connect().exec("ALTER SYSTEM RESET ssl");
  restored_->cluster.reload();
  EXPECT_EQ(finding.verdict, Verdict::missed);
  EXPECT_EQ(finding.observed, "the server speaks no TLS");
}

TEST_F(TlsKeyRotation, OfADeadServerIsUnknown) {
  restored_->cluster.stop();
  const Finding dead = asked(make_tls_key());
  restored_->cluster.start();
  EXPECT_EQ(dead.verdict, Verdict::unknown);
}

}  // namespace
}  // namespace pgrehearse
