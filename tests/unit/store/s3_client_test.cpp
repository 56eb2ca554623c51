#include "harness/store/s3_client.hpp"

#include <cstdlib>
#include <string>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "harness/base/error.hpp"
#include "harness/process/spawn.hpp"
#include "harness/store/s3_store.hpp"

namespace pgrehearse {
namespace {

// A port of this host that is taken: nobody accepts on it, or (silent) nobody answers.
class TakenPort {
 public:
  explicit TakenPort(bool silent) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_TRUE(!silent || listen(socket_.get(), 8) == 0);
    getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  /// What the first of those who connected has sent, as far as it lies in the kernel.
  [[nodiscard]] std::string first_request() const {
    const OwnedFd peer{accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    std::string text(16'384, '\0');
    const ssize_t got = recv(peer.get(), text.data(), text.size(), MSG_DONTWAIT);
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
  }
  [[nodiscard]] std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  OwnedFd socket_;
  unsigned port_ = 0;
};

S3Config config_for(const std::string& endpoint) {
  return {.endpoint = endpoint,
      .bucket = "bucket",
      .credentials = {.key_id = "key", .secret = Secret{"canary-secret"}},
      .connect_deadline = Milliseconds{1'000},
      .answer_deadline = Milliseconds{300}};
}

Error error_of_stat(const S3Config& config) {
  try {
    static_cast<void>(S3Store{config}.stat("key"));
  } catch (const Error& error) {
    return error;
  }
  return Error{ErrorCode::internal, "stat did not throw"};
}

TEST(S3Client, SaysThatAServerDoesNotAnswerWithinItsDeadlines) {
  for (const bool silent : {false, true}) {
    const TakenPort port{silent};
    const SteadyTime begun = SteadyTime::now();

    const Error error = error_of_stat(config_for(port.endpoint()));

    EXPECT_EQ(error.code(), ErrorCode::store_unreachable) << error.what();
    EXPECT_NE(error.message().find("attempt 3"), std::string::npos) << error.what();
    EXPECT_EQ(std::string{error.what()}.find("canary-secret"), std::string::npos);
    EXPECT_LT(SteadyTime::now() - begun, Seconds{60});
  }
}

// radosgw and s3rver take any token of a user who needs none, so what is sent is looked at.
TEST(S3Client, SendsAndSignsTheTokenThatItsCredentialsCameWith) {
  for (const std::string token : {"", "of-a-role"}) {
    const TakenPort port{true};
    S3Config config = config_for(port.endpoint());
    config.attempts = 1;
    config.answer_deadline = Seconds{2};  // within which the whole request must be on its way
    config.credentials.token = Secret{token};
    static_cast<void>(error_of_stat(config));
    const std::string request = port.first_request();
    const bool sent = request.find("x-amz-security-token: of-a-role\r\n") != std::string::npos;
    const std::size_t names = request.find("SignedHeaders=");
    ASSERT_NE(names, std::string::npos) << request;
    const bool is_signed =
        request.substr(names, request.find(',', names) - names).find("x-amz-security-token") !=
        std::string::npos;
    EXPECT_EQ(sent, !token.empty());
    EXPECT_EQ(is_signed, !token.empty());
  }
}

TEST(S3Client, RefusesAConfigurationThatCannotBeMeant) {
  const auto refused = [](const S3Config& config) {
    return error_of_stat(config).code() == ErrorCode::bad_config;
  };
  const S3Config good = config_for("http://127.0.0.1:1");
  S3Config bad = good;
  bad.endpoint = "127.0.0.1:1";
  EXPECT_TRUE(refused(bad));
  bad.endpoint = "https://key:secret@127.0.0.1:1";
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad.bucket = "";
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad.credentials.secret = Secret{};
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad.part_bytes = 1024;
  EXPECT_TRUE(refused(bad));
}

TEST(S3Client, TakesCredentialsFromTheEnvironmentByName) {
  setenv("STORE_TEST_KEY", "id", 1);
  setenv("STORE_TEST_SECRET", "hidden", 1);
  const S3Credentials credentials =
      s3_credentials_from_environment("STORE_TEST_KEY", "STORE_TEST_SECRET");
  EXPECT_EQ(credentials.key_id, "id");
  EXPECT_EQ(credentials.secret.reveal(), "hidden");

  unsetenv("STORE_TEST_SECRET");
  try {
    static_cast<void>(s3_credentials_from_environment("STORE_TEST_KEY", "STORE_TEST_SECRET"));
    FAIL() << "a missing variable was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_config);
    EXPECT_EQ(error.place(), "STORE_TEST_SECRET");
  }
}

}  // namespace
}  // namespace pgrehearse
