#include "harness/cli/notify.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/files.hpp"

namespace pgrehearse {
namespace {

/// Takes one request on 127.0.0.1, keeps it, and answers with a status.
class Listener {
 public:
  explicit Listener(int status) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(socket_, 1), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this, status] { serve(status); }};
  }
  ~Listener() {
    if (thread_.joinable()) {
      shutdown(socket_, SHUT_RDWR);
      thread_.join();
    }
    close(socket_);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::string url() const {
    return fmt::format("http://127.0.0.1:{}/services/hush-hush", port_);
  }
  [[nodiscard]] std::string request() {
    thread_.join();
    return request_;
  }

 private:
  void serve(int status) {
    const int client = accept(socket_, nullptr, nullptr);
    if (client < 0) {
      return;
    }
    std::array<char, 4096> bytes{};
    while (!whole()) {
      const ssize_t got = read(client, bytes.data(), bytes.size());
      if (got <= 0) {
        break;
      }
      request_.append(bytes.data(), static_cast<std::size_t>(got));
    }
    const std::string answer =
        fmt::format("HTTP/1.1 {} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);
    EXPECT_EQ(write(client, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
    close(client);
  }

  [[nodiscard]] bool whole() const {
    constexpr std::string_view announced = "Content-Length: ";
    const std::size_t body = request_.find("\r\n\r\n");
    const std::size_t length = request_.find(announced);
    return body != std::string::npos && length < body &&
           request_.size() - body - 4 >= std::stoul(request_.substr(length + announced.size()));
  }

  int socket_;
  int port_ = 0;
  std::string request_ = {};
  std::thread thread_ = {};
};

RunRecord red_record() {
  RunRecord record;
  record.run_id = "run-1";
  record.exit_status = 2;
  return record;
}

class Notify : public testing::Test {
 protected:
  void TearDown() override {
    for (const char* name : {"URL", "FORM"}) {
      unsetenv(fmt::format("PGREHEARSE_WEBHOOK_{}", name).c_str());
    }
    unsetenv("PGREHEARSE_NOTIFY_COMMAND");
    unsetenv("PGREHEARSE_PUSHGATEWAY_URL");
  }

  /// What was warned about.
  static std::string told(const RunRecord& record, const std::string& notify_on = "always",
      const std::filesystem::path& metrics = {}) {
    RunRequest request;
    request.notify_on = notify_on;
    request.metrics_file = metrics;
    testing::internal::CaptureStderr();
    tell_others(record, request);
    return testing::internal::GetCapturedStderr();
  }
};

TEST_F(Notify, TellsTheWebhook) {
  Listener listener{200};
  setenv("PGREHEARSE_WEBHOOK_URL", listener.url().c_str(), 1);
  EXPECT_EQ(told(red_record()), "");
  const std::string request = listener.request();
  EXPECT_EQ(request.rfind("POST /services/hush-hush HTTP/1.1\r\n", 0), 0U);
  EXPECT_NE(request.find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(request.find("\"run_id\": \"run-1\""), std::string::npos);
}

TEST_F(Notify, TellsSlackInItsOwnForm) {
  Listener listener{200};
  setenv("PGREHEARSE_WEBHOOK_URL", listener.url().c_str(), 1);
  setenv("PGREHEARSE_WEBHOOK_FORM", "slack", 1);
  EXPECT_EQ(told(red_record()), "");
  EXPECT_NE(listener.request().find("\"blocks\""), std::string::npos);
}

TEST_F(Notify, WarnsOfAWebhookThatFailsAndNeverShowsItsAddress) {
  {
    Listener refusing{500};
    setenv("PGREHEARSE_WEBHOOK_URL", refusing.url().c_str(), 1);
    EXPECT_EQ(told(red_record()), "warning: the webhook answered 500\n");
  }
  for (const char* url : {"http://127.0.0.1:1/hush-hush", "gopher://hush-hush", "hush hush"}) {
    setenv("PGREHEARSE_WEBHOOK_URL", url, 1);
    EXPECT_EQ(told(red_record()), "warning: the webhook gave no answer\n") << url;
  }
  setenv("PGREHEARSE_WEBHOOK_FORM", "smoke signals", 1);
  EXPECT_NE(told(red_record()).find("neither generic nor slack"), std::string::npos);
}

TEST_F(Notify, PutsTheNumbersIntoAPushgatewayWhetherItIsRedOrNot) {
  for (const char* when : {"red", "never"}) {
    Listener listener{202};
    setenv("PGREHEARSE_PUSHGATEWAY_URL", listener.url().c_str(), 1);
    RunRecord record = red_record();
    record.exit_status = 0;
    EXPECT_EQ(told(record, when), "");
    const std::string request = listener.request();
    EXPECT_TRUE(
        request.starts_with("PUT /services/hush-hush/metrics/job/pgrehearse/verb/run HTTP/1.1\r\n"))
        << request;
    EXPECT_NE(request.find("\npgrehearse_run_exit_status 0\n"), std::string::npos) << request;
  }
}

TEST_F(Notify, WarnsOfAPushgatewayThatFailsAndNeverShowsItsAddress) {
  {
    Listener refusing{400};
    const std::string url = refusing.url();
    setenv("PGREHEARSE_PUSHGATEWAY_URL", ("http://me:secret@" + url.substr(7)).c_str(), 1);
    EXPECT_EQ(told(red_record()), "warning: the Pushgateway answered 400\n");
    EXPECT_NE(refusing.request().find("Authorization: Basic "), std::string::npos);
  }
  for (const char* url : {"http://me:secret@127.0.0.1:1", "hush-hush", "file:///etc/passwd"}) {
    setenv("PGREHEARSE_PUSHGATEWAY_URL", url, 1);
    EXPECT_EQ(told(red_record()), "warning: the Pushgateway gave no answer\n") << url;
  }
}

TEST_F(Notify, GivesTheMessageToACommand) {
  const TempDir folder{"notify"};
  const std::string file = (folder.path() / "told.json").string();
  setenv("PGREHEARSE_NOTIFY_COMMAND", fmt::format("cat >'{}'", file).c_str(), 1);
  EXPECT_EQ(told(red_record()), "");
  EXPECT_NE(read_file(file).find("\"run-1\""), std::string::npos);
  setenv("PGREHEARSE_NOTIFY_COMMAND", "exit 3", 1);
  EXPECT_NE(told(red_record()).find("ended with status 3"), std::string::npos);
}

TEST_F(Notify, KeepsQuietWhenItShould) {
  const TempDir folder{"notify"};
  const std::filesystem::path file = folder.path() / "told";
  setenv("PGREHEARSE_NOTIFY_COMMAND", fmt::format("touch '{}'", file.string()).c_str(), 1);
  RunRecord green = red_record();
  green.exit_status = 0;
  EXPECT_EQ(told(green, "red") + told(red_record(), "never"), "");
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(told(red_record(), "red"), "");
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(Notify, WritesTheMetricsFile) {
  const TempDir folder{"notify"};
  EXPECT_EQ(told(red_record(), "never", folder.path() / "drill.prom"), "");
  EXPECT_NE(read_file(folder.path() / "drill.prom").find("pgrehearse_run_exit_status 2\n"),
      std::string::npos);
  EXPECT_NE(told(red_record(), "never", folder.path() / "none" / "drill.prom").find("warning:"),
      std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
