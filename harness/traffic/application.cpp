#include "harness/traffic/application.hpp"

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/free_port.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr int most_ports = 5;
constexpr Milliseconds answer_deadline = Seconds{10};
constexpr const char* hint =
    "Its log is not shown, because it may hold values. Run its command by hand in the folder of "
    "drill.yaml with the environment that docs/drill-yaml.md lists.";

std::string search_path() {
  const char* given = std::getenv("PATH");
  return fmt::format("{}:{}", given == nullptr ? "/usr/local/bin:/usr/bin:/bin" : given,
      companion_folder().string());
}

}  // namespace

Application::Application(ApplicationStart start) : start_(std::move(start)) {
  make_private_directory(start_.folder);
  start_.program.env.push_back({"PATH", Secret{search_path()}});
  try {
    for (int attempt = 1; program_ == nullptr; ++attempt) {
      port_ = port_from_the_system();
      try {
        this->start();
      } catch (const Error& error) {
        // Somebody else may have taken the port before the application did.
        const bool again =
            program_ != nullptr && program_->ended() && !is_free(port_) && attempt < most_ports;
        program_.reset();
        if (!again || error.code() != ErrorCode::instance_failed) {
          throw;
        }
      }
    }
  } catch (const std::exception&) {
    program_.reset();
    std::error_code ignored;
    fs::remove_all(start_.folder, ignored);
    throw;
  }
}

Application::~Application() {
  program_.reset();
  std::error_code
      ignored;  // the folder lies in the run's own, which is looked at when the run ends
  fs::remove_all(start_.folder, ignored);
}

void Application::start() {
  Program program = start_.program;
  program.env.push_back({"PORT", Secret{fmt::format("{}", port_)}});
  program_ = std::make_unique<Background>(program, start_.folder / "log");
  try {
    wait_until("the application to answer", program.deadline, [&]() -> std::optional<std::string> {
      if (const std::optional<int> status = program_->ended()) {
        throw Error{ErrorCode::instance_failed,
            fmt::format("the application ended with status {} before it answered", *status), hint};
      }
      try {
        static_cast<void>(
            ask_it(start_.page, std::nullopt, std::min(answer_deadline, program.deadline)));
        return std::nullopt;
      } catch (const Error& error) {
        if (error.code() != ErrorCode::connection_lost) {
          throw;
        }
        return error.message();
      }
    });
  } catch (const Error& error) {
    if (error.code() == ErrorCode::timed_out) {
      throw Error{ErrorCode::instance_failed, error.message(), hint};
    }
    throw;
  }
}

HttpAnswer Application::ask_it(
    const std::string& path, std::optional<std::string> body, Milliseconds deadline) {
  HttpAnswer answer = ask({.url = fmt::format("http://127.0.0.1:{}{}", port_, path),
      .body = std::move(body),
      .deadline = deadline});
  if (program_->ended()) {
    throw Error{ErrorCode::connection_lost, "the application has ended", hint};
  }
  return answer;
}

HttpAnswer Application::get(const std::string& path) {
  return ask_it(path, std::nullopt, answer_deadline);
}

HttpAnswer Application::post(const std::string& path, const std::string& body) {
  return ask_it(path, body, answer_deadline);
}

}  // namespace pgrehearse
