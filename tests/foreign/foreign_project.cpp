#include "tests/foreign/foreign_project.hpp"

#include <map>
#include <utility>

#include "harness/base/files.hpp"

namespace pgrehearse {

namespace fs = std::filesystem;

void ForeignProject::SetUp() {
  std::string missing = missing_engine("local");
  for (const Recipe& recipe : chosen_recipes()) {
    missing += missing_package(recipe);
  }
  if (!missing.empty()) {
    GTEST_SKIP() << missing;
  }
}

Answer ForeignProject::answer_to(std::vector<std::string> arguments, Milliseconds patience) {
  ProgramRun program{sandbox_, std::move(arguments), {{"PGREHEARSE_ENGINE", "local"}}};
  const int status = program.status(patience);
  return {status, program.out() + program.err()};
}

fs::path ForeignProject::copied(const Recipe& recipe) {
  fs::path repository = sandbox_.fresh("repository") / recipe.name;
  fs::create_directories(repository.parent_path());
  copy_project(recipe, repository);
  return repository;
}

fs::path ForeignProject::initialised(const Recipe& recipe, Answer& init) {
  fs::path repository = copied(recipe);
  static std::map<std::string, std::string> written;  // asked once: a server is started for it
  const auto known = written.find(recipe.name);
  if (known != written.end()) {
    write_file(repository / "drill.yaml", known->second);
    return repository;
  }
  init = answer_to({"init", repository.string()});
  written.emplace(recipe.name, read_file(repository / "drill.yaml"));
  return repository;
}

Answer ForeignProject::drill(const fs::path& repository, std::vector<std::string> arguments) {
  constexpr Milliseconds a_quarter{1'800'000};
  arguments.insert(arguments.end(),
      {"--subject", repository.string(), "--report-dir", sandbox_.fresh("report").string()});
  return answer_to(std::move(arguments), a_quarter);
}

}  // namespace pgrehearse
