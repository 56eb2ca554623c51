#include "tests/program/program_run.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/run.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

OwnedFd new_file(const fs::path& path) {
  OwnedFd file{open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!file.is_open()) {
    throw Error{
        ErrorCode::io, fmt::format("cannot create: {}", std::strerror(errno)), {}, path.string()};
  }
  return file;
}

std::size_t steps_in(const fs::path& record) {
  if (!fs::exists(record)) {
    return 0;
  }
  const nlohmann::json drills = nlohmann::json::parse(read_file(record)).at("drills");
  return drills.empty() ? 0 : drills.back().at("steps").size();
}

}  // namespace

ProgramRun::ProgramRun(
    Sandbox& sandbox, std::vector<std::string> arguments, const std::vector<Variable>& variables)
    : out_{sandbox.fresh("out")}, err_{sandbox.fresh("err")} {
  arguments.insert(arguments.begin(), companion("pgrehearse").string());
  SpawnRequest request{
      .argv = std::move(arguments), .environment = sandbox.environment(), .cwd = sandbox.path()};
  for (const Variable& variable : variables) {
    set_variable(request.environment, variable.name, variable.value);
  }
  const OwnedFd null = open_null();
  const OwnedFd out = new_file(out_);
  const OwnedFd err = new_file(err_);
  request.input = null.get();
  request.output = out.get();
  request.errors = err.get();
  pid_ = spawn(request);
  end_ = OwnedFd{static_cast<int>(syscall(SYS_pidfd_open, pid_, 0U))};
}

ProgramRun::~ProgramRun() {
  if (!ends_within(Milliseconds{0})) {
    signal(SIGTERM);
    signal(SIGCONT);  // a test may have stopped it
    if (!ends_within(Milliseconds{60'000})) {
      signal(SIGKILL);
      reap();
    }
  }
}

bool ProgramRun::ends_within(Milliseconds patience) {
  pollfd waited{end_.get(), POLLIN, 0};
  if (!ended_ && poll(&waited, 1, static_cast<int>(patience.count())) > 0) {
    reap();
  }
  return ended_;
}

void ProgramRun::reap() {
  int end = 0;
  if (waitpid(pid_, &end, 0) == pid_) {
    status_ = WIFSIGNALED(end) ? 128 + WTERMSIG(end) : WEXITSTATUS(end);
  }
  ended_ = true;
}

int ProgramRun::status(Milliseconds patience) {
  if (!ends_within(patience)) {
    throw Error{ErrorCode::timed_out, fmt::format("the program still runs:\n{}{}", out(), err())};
  }
  return status_;
}

void ProgramRun::signal(int number) const {
  if (!ended_) {
    kill(pid_, number);
  }
}

std::string ProgramRun::out() const {
  return read_file(out_);
}

std::string ProgramRun::err() const {
  return read_file(err_);
}

std::vector<std::string> short_drill(
    const Sandbox& sandbox, const std::string& engine, const fs::path& report_dir) {
  return {"run", "--engine", engine, "--subject", sandbox.subject().string(), "--report-dir",
      report_dir.string(), "--commits", "110",
      "--gtest_filter=AccidentalDelete.RowsDeletedWithoutWhereComeBack"};
}

void await_step(ProgramRun& program, const fs::path& report_dir, std::size_t steps) {
  wait_until(fmt::format("step {} of the drill", steps), Milliseconds{180'000},
      [&]() -> std::optional<std::string> {
        if (program.ends_within(Milliseconds{0})) {
          throw Error{ErrorCode::program_failed,
              fmt::format("the program ended before:\n{}{}", program.out(), program.err())};
        }
        const std::size_t seen = steps_in(report_dir / "record.json");
        return seen >= steps ? std::nullopt : std::optional{fmt::format("{} steps", seen)};
      });
}

std::string malformation_of(const fs::path& xml) {
  const Completed answer = run({.argv = {"xmllint", "--noout", "--nonet", xml.string()}});
  return answer.ok() ? "" : fmt::format("status {}: {}", answer.status, answer.err);
}

std::vector<std::string> attachments_in(const fs::path& xml) {
  constexpr std::string_view begin = "[[ATTACHMENT|";
  std::vector<std::string> names;
  for (const std::string& line : lines_of(read_file(xml))) {
    if (line.starts_with(begin)) {
      names.push_back(line.substr(begin.size(), line.find("]]") - begin.size()));
    }
  }
  return names;
}

std::vector<std::string> attachments_amiss(const fs::path& folder, const fs::path& xml) {
  std::vector<std::string> names = attachments_in(xml);
  if (names.empty()) {
    return {"none at all"};
  }
  std::erase_if(names, [&](const std::string& name) {
    return fs::is_regular_file(folder / name);  // an absolute one stands for itself
  });
  return names;
}

}  // namespace pgrehearse
