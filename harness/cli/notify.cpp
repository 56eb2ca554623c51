#include "harness/cli/notify.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/cli/pushgateway.hpp"
#include "harness/cli/stored_history.hpp"
#include "harness/process/run.hpp"
#include "harness/report/metrics.hpp"
#include "harness/report/notification.hpp"
#include "harness/traffic/http.hpp"

namespace pgrehearse {
namespace {

constexpr Seconds at_most{10};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : value;
}

void post(const std::string& url, const RunRecord& record) {
  const std::string form = variable("PGREHEARSE_WEBHOOK_FORM");
  if (!form.empty() && form != "generic" && form != "slack") {
    throw Error{ErrorCode::bad_config, "PGREHEARSE_WEBHOOK_FORM is neither generic nor slack"};
  }
  HttpAnswer answer;
  try {
    answer = ask({.url = url,
        .body = form == "slack" ? slack_message_of(record) : notification_of(record),
        .deadline = at_most,
        .outside = true});
  } catch (const Error&) {
    // Its own words may hold the address.
    throw Error{ErrorCode::connection_lost, "the webhook gave no answer"};
  }
  if (answer.status < 200 || answer.status > 299) {
    throw Error{ErrorCode::connection_lost, fmt::format("the webhook answered {}", answer.status)};
  }
}

void run_command(const std::string& command, const RunRecord& record) {
  const Completed ended =
      run({.argv = {"sh", "-c", command}, .input = notification_of(record), .deadline = at_most});
  if (!ended.ok()) {
    throw Error{ErrorCode::program_failed,
        ended.timed_out
            ? std::string{"the command for notifications took too long"}
            : fmt::format("the command for notifications ended with status {}", ended.status)};
  }
}

void attempt(const std::function<void()>& work) noexcept {
  try {
    work();
  } catch (const Error& error) {
    std::fprintf(stderr, "warning: %s\n", error.message().c_str());
  } catch (const std::exception&) {
    std::fputs("warning: nobody could be told of this run\n", stderr);
  }
}

}  // namespace

void tell_others(const RunRecord& record, const RunRequest& request) noexcept {
  if (!request.metrics_file.empty()) {
    attempt([&] { write_file(request.metrics_file, render_prometheus(record)); });
  }
  if (!request.history.empty()) {
    attempt([&] { keep_in_history(request.history, record); });
  }
  attempt([&] {
    if (const std::string gateway = variable("PGREHEARSE_PUSHGATEWAY_URL"); !gateway.empty()) {
      push_metrics(gateway, record, request);
    }
  });
  if (request.notify_on == "never" || (request.notify_on == "red" && record.exit_status == 0)) {
    return;
  }
  attempt([&] {
    if (const std::string url = variable("PGREHEARSE_WEBHOOK_URL"); !url.empty()) {
      post(url, record);
    }
  });
  attempt([&] {
    if (const std::string command = variable("PGREHEARSE_NOTIFY_COMMAND"); !command.empty()) {
      run_command(command, record);
    }
  });
}

}  // namespace pgrehearse
