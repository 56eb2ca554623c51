#include "harness/engine/container_engine.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/engine/container_instance.hpp"
#include "harness/engine/container_sweep.hpp"
#include "harness/engine/container_template.hpp"
#include "harness/process/interrupt.hpp"

namespace pgrehearse {
namespace {

class ContainerEngine : public Engine {
 public:
  ContainerEngine(std::shared_ptr<ContainerRun> run, EngineProperties properties)
      : run_(std::move(run)), properties_(std::move(properties)) {}
  ~ContainerEngine() override {
    try {
      remove_run();
    } catch (const std::exception&) {
      return;  // the labels tell the sweeper; who wants to know calls remove_run()
    }
  }
  ContainerEngine(const ContainerEngine&) = delete;
  ContainerEngine& operator=(const ContainerEngine&) = delete;

  [[nodiscard]] const EngineProperties& properties() const override { return properties_; }
  [[nodiscard]] std::unique_ptr<Instance> create(const InstanceSpec& spec) override {
    return std::make_unique<ContainerInstance>(run_, spec);
  }
  void create_volume(const std::string& name) override;
  void create_network(const std::string& name) override { make_network(name, false); }
  void create_link(const std::string& name) override { make_network(name, true); }
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
  void make_network(const std::string& name, bool leads_nowhere);

  std::shared_ptr<ContainerRun> run_;
  EngineProperties properties_;
};

// An empty volume takes owner and mode of the folder of the image on which it is first mounted, so
// it is mounted once on an empty folder of the postgres account.
void ContainerEngine::create_volume(const std::string& name) {
  const std::string full_name = run_->full_name(name);
  const std::string what = fmt::format("cannot create volume '{}'", name);
  {
    const std::lock_guard lock{run_->mutex};
    if (!run_->volumes.insert(name).second) {
      throw Error{ErrorCode::instance_failed,
          fmt::format("there is a volume '{}' in this run already", name)};
    }
  }
  const std::vector<std::string> labels = label_flags(run_->journal->run_id());
  run_->journal->intend("volume", full_name);
  std::vector<std::string> create{"volume", "create"};
  create.insert(create.end(), labels.begin(), labels.end());
  create.push_back(full_name);
  run_->program.call_or_throw(create, ErrorCode::instance_failed, what);

  const std::string mounter = full_name + "-mount";
  run_->journal->intend("container", mounter);
  // docker copies the owner when it makes the container, podman when it starts it.
  const bool has_to_run = run_->program.is_podman();
  std::vector<std::string> mount =
      has_to_run ? std::vector<std::string>{"run", "--rm"} : std::vector<std::string>{"create"};
  mount.insert(mount.end(),
      {"--name", mounter, "--network", "none", "--user", "postgres", "--entrypoint", "/bin/true"});
  for (const auto& more : {run_->program.flags().run, confinement_flags(), labels}) {
    mount.insert(mount.end(), more.begin(), more.end());
  }
  for (const std::string& declared : run_->made_from.base.volumes) {
    mount.insert(mount.end(), {"--tmpfs", declared});
  }
  mount.insert(mount.end(), {"-v", fmt::format("{}:{}", full_name, container_paths::empty_volume),
                                run_->made_from.image});
  run_->program.call_or_throw(mount, ErrorCode::instance_failed, what);
  if (!has_to_run) {
    run_->program.call_or_throw({"rm", "-f", mounter}, ErrorCode::instance_failed, what);
  }
}

// A network that leads somewhere would publish the ports of who joins it anew: hence --internal.
void ContainerEngine::make_network(const std::string& name, bool leads_nowhere) {
  const std::string full_name = run_->full_name(name);
  {
    const std::lock_guard lock{run_->mutex};
    const bool taken = run_->networks.contains(name) || run_->links.contains(name);
    if (taken || !(leads_nowhere ? run_->links : run_->networks).insert(name).second) {
      throw Error{ErrorCode::instance_failed,
          fmt::format("there is a network '{}' in this run already", name)};
    }
  }
  run_->journal->intend("network", full_name);
  std::vector<std::string> create{"network", "create"};
  const std::vector<std::string> labels = label_flags(run_->journal->run_id());
  create.insert(create.end(), labels.begin(), labels.end());
  if (leads_nowhere) {
    create.emplace_back("--internal");
  }
  // docker's bridges are apart from each other unasked, podman's are not.
  if (run_->program.is_podman()) {
    create.insert(create.end(), {"--opt", "isolate=true"});
  }
  create.push_back(full_name);
  run_->program.call_or_throw(
      create, ErrorCode::instance_failed, fmt::format("cannot create network '{}'", name));
}

void ContainerEngine::remove_run() {
  const RemovalScope removal;
  {
    const std::lock_guard lock{run_->mutex};
    if (run_->kept) {
      return;
    }
    run_->volumes.clear();
    run_->networks.clear();
    run_->links.clear();
  }
  // Not from a list of ours but from the engine's own: this is also the proof that nothing is left.
  std::vector<std::string> left;
  for (const Owned& owned : find_owned_containers(run_->program, run_->journal->run_id())) {
    if (!remove_owned_container_thing(run_->program, owned)) {
      left.push_back(owned.kind + " " + owned.name);
    }
  }
  if (left.empty()) {
    return;
  }
  const std::lock_guard lock{run_->mutex};
  throw Error{ErrorCode::leftovers,
      fmt::format("{} could not remove {}{}{}", run_->program.name(), joined(left, ", "),
          run_->failures.empty() ? "" : ": ", joined(run_->failures, "; ")),
      fmt::format(
          "Run 'pgrehearse sweep', or look at them with '{} ps -a'.", run_->program.name())};
}

}  // namespace

std::unique_ptr<Engine> make_container_engine(
    const std::string& program, const EngineConfig& config, RunJournal& journal) {
  ContainerProgram container_program{program};
  const std::string version = container_program.version();
  ContainerTemplate made_from = ready_template(container_program, config, journal);
  container_program.set_flags(made_from.inside.flags);
  EngineProperties properties{.name = program,
      .version = version,
      .image = fmt::format("{} ({})", made_from.base.reference, made_from.base.id),
      .server_version = made_from.inside.server_version,
      .enforces_read_only = true,
      .isolates_processes = true,
      .separates_networks = true,
      .quarantines = true};
  auto run = std::make_shared<ContainerRun>(container_program, std::move(made_from), &journal);
  return std::make_unique<ContainerEngine>(std::move(run), std::move(properties));
}

EngineState container_engine_state(const std::string& program, const EngineConfig& config) {
  EngineState state{.name = program, .usable = false, .detail = {}};
  try {
    const ContainerProgram container_program{program};
    const std::string version = container_program.version();
    const LocalImage image = choose_image(container_program, config.image);
    const PostgresInside inside = look_inside(container_program, image);
    state.usable = true;
    state.detail = fmt::format(
        "{} {} with {} (Postgres {})", program, version, image.reference, inside.server_version);
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
