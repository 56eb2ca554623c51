#include "harness/backup/artifact_opening.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/backup/decompressor.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds hours_at_most = std::chrono::hours{4};
constexpr int most_wrappings = 8;

class Unwrapping {
 public:
  Unwrapping(const Artifact& artifact, fs::path work)
      : opened_{.path = artifact.path}, work_(std::move(work)) {}

  void filter(Program program, const std::string& name, const std::string& hint) {
    const fs::path out = next("file");
    program.input_file = opened_.path;
    program.output_file = out;
    program.deadline = hours_at_most;
    demand(run(program), name, hint);
    came_off(name, out);
  }

  void unpack(const std::string& name, const fs::path& from, const fs::path& to) {
    demand(run({.argv = {"tar", "--extract", "--auto-compress", "--no-same-owner", "--file", from,
                    "--directory", to},
               .deadline = hours_at_most}),
        name, "A tar that cannot be read to its end was cut, or has changed.");
  }

  void unpack_all() {
    const fs::path to = next("folder");
    make_private_directory(to);
    unpack("tar", opened_.path, to);
    came_off("tar", only_folder_in(to));
  }

  // base.tar, pg_wal.tar and the manifest of pg_basebackup, put together as the server wants them.
  void assemble() {
    const fs::path to = next("folder");
    make_private_directory(to / "pg_wal");
    const fs::path from = opened_.path;
    for (const fs::directory_entry& entry : fs::directory_iterator{from}) {
      const std::string name = entry.path().filename().string();
      const std::string stem = name.substr(0, name.find(".tar"));
      if (stem == "base") {
        unpack("tar", entry.path(), to);
      } else if (stem == "pg_wal") {
        unpack("tar", entry.path(), to / "pg_wal");
      } else if (name == "backup_manifest") {
        fs::copy_file(entry.path(), to / name);
      } else if (name.find(".tar") != std::string::npos) {
        throw Error{ErrorCode::backup_unusable,
            fmt::format("the backup has a tablespace of its own, {}", name),
            "Drills restore clusters without extra tablespaces only, so far."};
      }
    }
    came_off("tar", to);
  }

  [[nodiscard]] const OpenedArtifact& opened() const { return opened_; }
  void settle(ArtifactFormat format) { opened_.format = format; }

 private:
  static void demand(const Completed& completed, const std::string& name, const std::string& hint) {
    if (!completed.ok()) {
      throw Error{ErrorCode::backup_unusable,
          fmt::format("the backup's wrapping '{}' does not come off: the program ended with {}",
              name,
              completed.timed_out ? "its deadline" : fmt::format("status {}", completed.status)),
          hint};
    }
  }

  fs::path next(const std::string& kind) const {
    return work_ / fmt::format("{}-{}", kind, opened_.wrappings.size() + 1);
  }

  void came_off(const std::string& name, const fs::path& inside) {
    const fs::path before = opened_.path;
    opened_.path = inside;
    opened_.wrappings.push_back(name);
    if (before.parent_path() == work_) {
      fs::remove_all(before);  // what lies between takes as much room again
    }
  }

  static fs::path only_folder_in(fs::path folder) {
    while (format_of(folder) == ArtifactFormat::unknown) {
      std::vector<fs::path> entries;
      for (const fs::directory_entry& entry : fs::directory_iterator{folder}) {
        entries.push_back(entry.path());
      }
      if (entries.size() != 1 || !fs::is_directory(entries.front())) {
        break;
      }
      folder = entries.front();
    }
    return folder;
  }

  OpenedArtifact opened_;
  fs::path work_;
};

}  // namespace

OpenedArtifact open_artifact(
    const Artifact& artifact, const std::optional<Program>& decrypt, const fs::path& work) {
  Unwrapping backup{artifact, work};
  if (decrypt) {
    backup.filter(*decrypt, "decrypt", "Is the key of 'artifact.decrypt' the one it was made for?");
  }
  for (int wrapping = 0; wrapping < most_wrappings; ++wrapping) {
    const ArtifactFormat format = format_of(backup.opened().path);
    if (const Decompressor* const decompressor = decompressor_of(format)) {
      backup.filter({.argv = {decompressor->program, "--decompress", "--stdout"}},
          decompressor->program, "It was cut, or has changed, or the program is not installed.");
    } else if (format == ArtifactFormat::tar) {
      backup.unpack_all();
    } else if (format == ArtifactFormat::base_tar) {
      backup.assemble();
    } else if (format == ArtifactFormat::encrypted) {
      throw Error{ErrorCode::backup_unusable, "the backup is encrypted",
          "Name the command that opens it: 'artifact.decrypt', from standard input to standard "
          "output."};
    } else if (format == ArtifactFormat::unknown) {
      throw Error{ErrorCode::backup_unusable,
          "what is there is no backup: neither a dump nor a data directory",
          "Known are dumps of pg_dump and pg_dumpall in every format and base backups, as they are "
          "or in tar, gzip, zstd, xz or bzip2."};
    } else {
      backup.settle(format);
      return backup.opened();
    }
  }
  throw Error{ErrorCode::backup_unusable, "the backup has too many wrappings",
      fmt::format("{} came off, and there is no end.", most_wrappings)};
}

}  // namespace pgrehearse
