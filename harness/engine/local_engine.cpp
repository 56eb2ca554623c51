#include "harness/engine/local_engine.hpp"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/local_account.hpp"
#include "harness/engine/local_instance.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds removal_deadline{5'000};

class LocalEngine : public Engine {
 public:
  explicit LocalEngine(std::shared_ptr<LocalRun> run)
      : run_{std::move(run)},
        properties_{.name = "local",
            .version = run_->programs.version,
            .image = {},
            .server_version = run_->programs.version,
            .enforces_read_only = false,
            .isolates_processes = false,
            .separates_networks = false,
            .quarantines = run_->quarantines,
            .shares_files = true} {}
  ~LocalEngine() override {
    try {
      remove_run();
    } catch (const std::exception&) {
      return;  // the journal tells the sweeper; who wants to know calls remove_run()
    }
  }
  LocalEngine(const LocalEngine&) = delete;
  LocalEngine& operator=(const LocalEngine&) = delete;

  [[nodiscard]] const EngineProperties& properties() const override { return properties_; }
  [[nodiscard]] std::unique_ptr<Instance> create(const InstanceSpec& spec) override {
    return std::make_unique<LocalInstance>(run_, spec);
  }
  void create_volume(const std::string& name) override;
  void create_network(const std::string& name) override;
  void create_link(const std::string& name) override { create_network(name); }
  [[nodiscard]] const Secret& superuser_password() const override {
    return run_->made_from.password;
  }
  void keep() override {
    run_->journal->keep();
    const std::lock_guard lock{run_->mutex};
    run_->kept = true;
  }
  void remove_run() override;

 private:
  std::shared_ptr<LocalRun> run_;
  EngineProperties properties_;
};

void LocalEngine::create_volume(const std::string& name) {
  demand_plain_name(name);
  {
    const std::lock_guard lock{run_->mutex};
    if (run_->names.contains("volumes/" + name)) {
      throw Error{ErrorCode::instance_failed,
          fmt::format("there is a volume '{}' in this run already", name)};
    }
  }
  const fs::path folder = run_->volume(name);
  run_->journal->intend("volume", folder.string());
  if (!fs::is_directory(folder.parent_path())) {
    make_folder_for(folder.parent_path(), run_->account);
  }
  make_folder_for(folder, run_->account);
  const std::lock_guard lock{run_->mutex};
  run_->names.insert("volumes/" + name);
}

void LocalEngine::create_network(const std::string& name) {
  throw Error{ErrorCode::refused,
      fmt::format("network '{}' was not made: all local servers are on this host's own", name),
      "Use docker or podman for regions that cannot reach each other."};
}

void LocalEngine::remove_run() {
  const RemovalScope removing;
  std::vector<std::string> left;
  {
    const std::lock_guard lock{run_->mutex};
    if (run_->kept) {
      return;
    }
    run_->names.clear();
  }
  // Not from a list of ours but from the host: this is also the proof that nothing is left. Only
  // the journal stays, for whoever looks after us.
  const LocalDomain domain{.folder = run_->folder(), .mark = run_->journal->run_id()};
  stop_servers_of(domain, removal_deadline);
  for (const SeenProcess& process : kill_processes_of(domain, removal_deadline)) {
    left.push_back(fmt::format("process {} ({})", process.pid, process.program));
  }
  for (const SharedMemory& segment : shared_memory_of(run_->folder())) {
    if (!remove_shared_memory(segment)) {
      left.push_back(fmt::format("shared memory {}", segment.id));
    }
  }
  std::error_code problem;
  for (const fs::directory_entry& entry : fs::directory_iterator{run_->folder(), problem}) {
    if (entry.path().filename() == "journal") {
      continue;
    }
    if (const auto reason = remove_tree(entry.path()); reason.has_value()) {
      left.push_back(fmt::format("{} ({})", entry.path().string(), *reason));
    }
  }
  if (left.empty()) {
    return;
  }
  const std::lock_guard lock{run_->mutex};
  left.insert(left.end(), run_->failures.begin(), run_->failures.end());
  throw Error{ErrorCode::leftovers,
      fmt::format("the local engine could not remove {}", joined(left, ", ")),
      "Run 'pgrehearse sweep'. A process that does not die waits for its disk."};
}

// The run's folder as the account sees it: each folder above must let it pass.
void demand_reachable(const fs::path& folder, const std::optional<Account>& account) {
  try {
    run_or_throw({.argv = {"true"}, .cwd = folder, .account = account});
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    throw Error{ErrorCode::engine_missing,
        fmt::format(
            "the account that runs servers cannot reach the state folder: {}", error.message()),
        "Set PGREHEARSE_STATE_DIR to a folder whose parents all accounts may pass.",
        folder.string()};
  }
}

// A user namespace of its own may make a network namespace; some hosts forbid that.
bool may_quarantine(const fs::path& folder, const std::optional<Account>& account) {
  try {
    std::vector<std::string> argv = quarantine_prefix();
    argv.emplace_back("true");
    return run({.argv = argv, .cwd = folder, .account = account}).ok();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    return false;
  }
}

// Build trees and home folders are often closed to other accounts, so the agent comes to the
// instances.
void bring_agent(const fs::path& to) {
  std::error_code problem;
  fs::copy_file(companion("pgrehearse-agent"), to, problem);
  if (!problem) {
    fs::permissions(to, fs::perms{0755}, problem);
  }
  if (problem) {
    throw Error{ErrorCode::instance_failed,
        fmt::format("cannot copy the agent: {}", problem.message()), {}, to.string()};
  }
}

}  // namespace

std::unique_ptr<Engine> make_local_engine(const EngineConfig& config, RunJournal& journal) {
  auto run = std::make_shared<LocalRun>();
  run->journal = &journal;
  run->programs = local_programs();
  run->account = local_account();
  demand_reachable(journal.folder(), run->account);
  run->quarantines = may_quarantine(journal.folder(), run->account);
  try {
    run->made_from = local_template(run->programs, config.cluster, run->account);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    throw Error{ErrorCode::instance_failed,
        fmt::format("cannot make the template cluster: {}", error.message()), error.hint(),
        error.place()};
  }
  journal.intend("directory", run->agent().string());
  bring_agent(run->agent());
  return std::make_unique<LocalEngine>(std::move(run));
}

EngineState local_engine_state() {
  EngineState state{.name = "local", .usable = false, .detail = {}};
  try {
    const LocalPrograms programs = local_programs();
    const std::optional<Account> account = local_account();
    state.usable = true;
    state.detail = fmt::format("Postgres {} in {}{}", programs.version, programs.folder.string(),
        account.has_value() ? fmt::format(", run as {}", account->name) : "");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    state.detail = error.hint().empty() ? error.message()
                                        : fmt::format("{}. {}", error.message(), error.hint());
  }
  return state;
}

}  // namespace pgrehearse
