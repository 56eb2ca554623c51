#include "harness/cli/subject_programs.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/backup/artifact.hpp"
#include "harness/backup/decompressor.hpp"
#include "harness/backup/own_repository.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/runbook/shell_text.hpp"
#include "harness/store/s3_location.hpp"

namespace pgrehearse {
namespace {

struct Known {
  std::string_view program;
  std::string_view cure;
};

// What migrates, opens and serves, and does not come with a bare host.
constexpr std::array known_programs{Known{"alembic", "apt-get install alembic python3-psycopg2"},
    Known{"sqitch", "apt-get install sqitch libdbd-pg-perl"},
    Known{"dbmate", "npm install --global dbmate"},
    Known{"flyway", "Flyway's own package, then put its folder into PATH"},
    Known{"liquibase", "Liquibase's own package, then put its folder into PATH"},
    Known{"prisma", "npm install --global prisma"}, Known{"npx", "apt-get install npm"},
    Known{"npm", "apt-get install npm"}, Known{"node", "apt-get install nodejs"},
    Known{"diesel", "cargo install diesel_cli --no-default-features --features postgres"},
    Known{"sqlx", "cargo install sqlx-cli"}, Known{"python3", "apt-get install python3"},
    Known{"ruby", "apt-get install ruby"}, Known{"bundle", "apt-get install bundler"},
    Known{"rake", "apt-get install rake"}, Known{"php", "apt-get install php-cli"},
    Known{"java", "apt-get install default-jre-headless"}, Known{"make", "apt-get install make"},
    Known{"psql", "apt-get install postgresql-client-15"},
    Known{"pg_dump", "apt-get install postgresql-client-15"},
    Known{"pg_restore", "apt-get install postgresql-client-15"},
    Known{"redis-cli", "apt-get install redis-tools"},
    Known{"redis-server", "apt-get install redis-server"}, Known{"age", "apt-get install age"},
    Known{"gpg", "apt-get install gnupg"}, Known{"openssl", "apt-get install openssl"},
    Known{"gzip", "apt-get install gzip"}, Known{"zstd", "apt-get install zstd"},
    Known{"xz", "apt-get install xz-utils"}, Known{"bzip2", "apt-get install bzip2"},
    Known{"pgbackrest", "apt-get install pgbackrest"}};

std::string cure_of(std::string_view program) {
  const auto* const found = std::find_if(known_programs.begin(), known_programs.end(),
      [&](const Known& known) { return known.program == program; });
  return found == known_programs.end() ? "" : std::string{found->cure};
}

class Needs {
 public:
  void add(const std::string& name, const std::string& what_for, const std::string& cure) {
    const bool there = std::any_of(programs_.begin(), programs_.end(),
        [&](const NeededProgram& known) { return known.name == name; });
    if (!there) {
      programs_.push_back({name, what_for, cure});
    }
  }

  void add_called_by(const std::string& key, const std::optional<Command>& command) {
    if (!command) {
      return;
    }
    const std::string what_for = fmt::format("drill.yaml's '{}' calls it", key);
    const std::vector<std::string>& argv = command->argv;
    const bool is_text = argv.size() == 3 && argv[0] == "/bin/sh" && argv[1] == "-c";
    if (!is_text) {
      // One with a slash was looked for when the file was read.
      if (argv.front().find('/') == std::string::npos) {
        const std::string cure = cure_of(argv.front());
        add(argv.front(), what_for, cure.empty() ? "Install it, or give its path." : cure);
      }
      return;
    }
    const std::vector<std::string> text = lines_of(argv[2]);
    std::vector<TextLine> lines;
    lines.reserve(text.size());
    for (const std::string& line : text) {
      lines.push_back({.number = static_cast<int>(lines.size()) + 1, .text = line});
    }
    for (const ShellCommand& called : shell_commands(lines)) {
      const std::string program = program_of(called);
      const bool by_path = std::any_of(called.words.begin(), called.words.end(),
          [&](const std::string& word) { return word.ends_with("/" + program); });
      if (const std::string cure = cure_of(program); !cure.empty() && !by_path) {
        add(program, what_for, cure);
      }
    }
  }

  void add_decompressor(const ArtifactFormat format) {
    if (const Decompressor* const by = decompressor_of(format)) {
      add(by->program, "the own backup is compressed with it", cure_of(by->program));
    }
  }

  [[nodiscard]] std::vector<NeededProgram> programs() && { return std::move(programs_); }

 private:
  std::vector<NeededProgram> programs_;
};

// What a cipher hides shows only in a name: shop.sql.zst.age.
ArtifactFormat compression_in(const std::string& name) {
  for (const ArtifactFormat format :
      {ArtifactFormat::gzip, ArtifactFormat::zstd, ArtifactFormat::xz, ArtifactFormat::bzip2}) {
    const std::string ending{decompressor_of(format)->ending};
    if (name.ends_with(ending) || name.find(ending + ".") != std::string::npos) {
      return format;
    }
  }
  return ArtifactFormat::unknown;
}

void add_own_backup(Needs& needs, const Subject& subject) {
  const ArtifactSpec& spec = *subject.artifact;
  needs.add_called_by("artifact.decrypt", spec.decrypt);
  needs.add_decompressor(compression_in(spec.match));
  needs.add_decompressor(compression_in(spec.path.filename().string()));
  if (is_s3_location(spec.path.string())) {
    return;
  }
  const std::string tool = spec.tool.empty() ? repository_tool_at(spec.path) : spec.tool;
  if (tool == "pgbackrest") {
    needs.add(tool, "the own backup is in a repository of it", cure_of(tool));
  }
  try {
    if (tool.empty()) {
      const Artifact artifact =
          chosen_of(artifacts_in(spec.path, spec.match), spec.choose, subject.seed_number);
      needs.add_decompressor(compression_in(artifact.name));
      needs.add_decompressor(format_of(artifact.path));
    }
  } catch (const Error&) {
    // That there is none is what 'plan' and the drill say.
  }
}

}  // namespace

std::vector<NeededProgram> programs_needed_by(const Subject& subject) {
  Needs needs;
  needs.add_called_by("migrate", subject.migrate.command);
  needs.add_called_by("migrate.rollback", subject.migrate.rollback);
  needs.add_called_by("seed", subject.seed.command);
  needs.add_called_by("workload", subject.workload.command);
  if (subject.application) {
    needs.add_called_by("application", subject.application->command);
  }
  if (subject.erasure) {
    needs.add_called_by("erasure", subject.erasure->erase.command);
  }
  if (subject.uploads) {
    needs.add_called_by("uploads", subject.uploads->command);
  }
  needs.add_called_by("stores.vault.rotate", subject.stores.vault.rotate);
  for (const CacheSpec& cache : subject.caches) {
    needs.add_called_by("caches", cache.server);
    needs.add_called_by("caches", cache.rebuild);
    needs.add_called_by("caches", cache.check);
  }
  if (subject.artifact) {
    add_own_backup(needs, subject);
  }
  for (const auto* const script : {&subject.backup.take, &subject.backup.restore,
           &subject.backup.list, &subject.backup.verify}) {
    needs.add_called_by("backup", *script);
  }
  return std::move(needs).programs();
}

}  // namespace pgrehearse
