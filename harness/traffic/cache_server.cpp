#include "harness/traffic/cache_server.hpp"

#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/free_port.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

constexpr int most_ports = 5;
constexpr const char* hint =
    "Its log is not shown, because it may hold values. Run its command by hand in the folder of "
    "drill.yaml with the environment that docs/drill-yaml.md lists.";

}  // namespace

CacheServer::CacheServer(const Program& program, std::filesystem::path folder)
    : folder_(std::move(folder)) {
  make_private_directory(folder_);
  try {
    for (int attempt = 1; program_ == nullptr; ++attempt) {
      port_ = port_from_the_system();
      try {
        start(program);
      } catch (const Error& error) {
        // Somebody else may have taken the port before the server did.
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
    remove_folder();
    throw;
  }
}

CacheServer::~CacheServer() {
  program_.reset();
  remove_folder();
}

// What stays lies in the run's own folder, which is looked at when the run ends.
void CacheServer::remove_folder() noexcept {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void CacheServer::start(Program program) {
  program.env.push_back({"PORT", Secret{fmt::format("{}", port_)}});
  program_ = std::make_unique<Background>(program, folder_ / "log");
  try {
    wait_until("the cache to listen", program.deadline, [&]() -> std::optional<std::string> {
      const bool listens = is_listened_to(port_);
      if (const std::optional<int> status = program_->ended()) {
        throw Error{ErrorCode::instance_failed,
            fmt::format("the cache ended with status {} before it listened", *status), hint};
      }
      return listens ? std::nullopt : std::optional<std::string>{"nobody listens on its port"};
    });
  } catch (const Error& error) {
    if (error.code() == ErrorCode::timed_out) {
      throw Error{ErrorCode::instance_failed, error.message(), hint};
    }
    throw;
  }
}

}  // namespace pgrehearse
