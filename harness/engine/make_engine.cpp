#include "harness/engine/make_engine.hpp"

#include <array>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/container_engine.hpp"
#include "harness/engine/local_engine.hpp"

namespace pgrehearse {
namespace {

// Best first: containers isolate, and docker is the common one.
constexpr std::array<std::string_view, 3> engines{"docker", "podman", "local"};

EngineState state_of(const std::string& name, const EngineConfig& config) {
  return name == "local" ? local_engine_state() : container_engine_state(name, config);
}

std::unique_ptr<Engine> made(
    const std::string& name, const EngineConfig& config, RunJournal& journal) {
  return name == "local" ? make_local_engine(config, journal)
                         : make_container_engine(name, config, journal);
}

EngineChoice first_that_works(const EngineConfig& config, RunJournal& journal) {
  std::vector<std::string> reasons;
  for (const std::string_view each : engines) {
    const std::string name{each};
    try {
      EngineChoice choice{.engine = made(name, config, journal), .why = {}};
      const EngineProperties& properties = choice.engine->properties();
      choice.why = fmt::format("{} {} works", properties.name, properties.version);
      if (!reasons.empty()) {
        choice.why += fmt::format("; before it: {}", joined(reasons, "; "));
      }
      return choice;
    } catch (const Error& error) {
      // A refusal or a broken instance of a better engine is also only a reason to take the next.
      if (error.code() != ErrorCode::engine_missing && error.code() != ErrorCode::refused &&
          error.code() != ErrorCode::instance_failed) {
        throw;
      }
      reasons.push_back(error.message().starts_with(name)
                            ? error.message()
                            : fmt::format("{}: {}", name, error.message()));
    }
  }
  throw Error{ErrorCode::engine_missing,
      fmt::format("no engine works here ({})", joined(reasons, "; ")),
      "Start docker, or install podman, or install the postgresql-15 server programs. "
      "'pgrehearse doctor' says more."};
}

}  // namespace

std::vector<EngineState> engines_here(const EngineConfig& config) {
  std::vector<EngineState> states;
  states.reserve(engines.size());
  for (const std::string_view name : engines) {
    states.push_back(state_of(std::string{name}, config));
  }
  return states;
}

EngineChoice make_engine(const EngineConfig& config, RunJournal& journal) {
  if (config.engine == "auto") {
    return first_that_works(config, journal);
  }
  for (const std::string_view name : engines) {
    if (config.engine == name) {
      return {.engine = made(config.engine, config, journal), .why = "asked for"};
    }
  }
  throw Error{ErrorCode::bad_config, fmt::format("there is no engine '{}'", config.engine),
      "Choose auto, docker, podman or local."};
}

}  // namespace pgrehearse
