#include "harness/cli/base_subject.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/project/history.hpp"

namespace pgrehearse {

namespace fs = std::filesystem;

std::optional<Subject> subject_at_base(
    const RunRequest& request, const Subject& subject, RunJournal& journal) {
  if (request.base.empty()) {
    return std::nullopt;
  }
  const History history{subject.folder};
  const std::string commit = history.base_of(request.base);
  const fs::path folder = journal.folder() / "base";
  journal.intend("directory", folder.string());
  make_private_directory(folder);
  history.write_files_of(commit, folder);

  const fs::path drill_yaml =
      folder / fs::canonical(request.subject).lexically_relative(fs::canonical(history.root()));
  try {
    if (!fs::exists(drill_yaml)) {
      fs::create_directories(drill_yaml.parent_path());
      fs::copy_file(request.subject, drill_yaml);
      fmt::print(request.told(),
          "drill.yaml is new since {}: the base gets the seed of today, which must fit its "
          "tables\n",
          request.base);
    }
    const Subject then = load_subject(drill_yaml);
    Subject base = subject;
    base.folder = then.folder;
    base.migrate = then.migrate;
    base.seed = then.seed;
    return base;
  } catch (const Error& error) {
    throw Error{ErrorCode::bad_config,
        fmt::format("drill.yaml as '{}' has it cannot be read: {}", request.base, error.message()),
        error.hint(), error.place()};
  }
}

}  // namespace pgrehearse
