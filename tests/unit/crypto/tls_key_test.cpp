// Keys made for a drill's server: what tells two of them apart, and what does not.
#include "harness/crypto/tls_key.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

Completed openssl(std::vector<std::string> arguments, const std::string& input) {
  arguments.insert(arguments.begin(), "openssl");
  return run({.argv = std::move(arguments), .input = input});
}

TEST(TlsKey, IsAnotherEachTime) {
  const TlsKey one = make_tls_key();
  const TlsKey other = make_tls_key();
  EXPECT_NE(one.private_key.reveal(), other.private_key.reveal());
  EXPECT_NE(public_key_sha256(one.certificate), public_key_sha256(other.certificate));
}

TEST(TlsKey, StaysTheSameUnderANewCertificate) {
  const TlsKey one = make_tls_key();
  const TlsKey again = with_new_certificate(one);
  EXPECT_NE(one.certificate, again.certificate);
  EXPECT_EQ(public_key_sha256(one.certificate), public_key_sha256(again.certificate));
}

TEST(TlsKey, IsReadByOthersAsItWasMeant) {
  const TlsKey key = make_tls_key();
  if (!openssl({"version"}, "").ok()) {
    GTEST_SKIP() << "the program openssl is not installed";
  }
  const Completed text = openssl(
      {"x509", "-noout", "-ext", "subjectAltName", "-checkend", "2500000"}, key.certificate);
  EXPECT_TRUE(text.ok()) << text.out << text.err;
  EXPECT_NE(text.out.find("DNS:localhost"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("IP Address:127.0.0.1"), std::string::npos) << text.out;
  const Completed public_key = openssl({"x509", "-noout", "-pubkey"}, key.certificate);
  const Completed of_private = openssl({"pkey", "-pubout"}, key.private_key.reveal());
  EXPECT_EQ(public_key.out, of_private.out);
}

TEST(TlsKey, IsNotReadFromWhatIsNoCertificate) {
  for (const std::string& text : {std::string{}, std::string{"server.crt"}, std::string(40, '-')}) {
    try {
      static_cast<void>(public_key_sha256(text));
      FAIL() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_value);
    }
  }
}

}  // namespace
}  // namespace pgrehearse
