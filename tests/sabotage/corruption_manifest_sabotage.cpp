// A backup that was altered by somebody who knows what pg_verifybackup compares: the manifest was
// altered with it, and holds.
#include <fmt/format.h>

#include "harness/crypto/sha256.hpp"
#include "tests/sabotage/corruption_trial.hpp"

namespace pgrehearse {
namespace {

/// The text between `after` and `before`, behind `from`, exchanged.
void exchange(std::string& text, std::size_t from, const std::string& after,
    const std::string& before, const std::string& by) {
  const std::size_t begin = text.find(after, from) + after.size();
  text.replace(begin, text.find(before, begin) - begin, by);
}

/// Each file names the algorithm of its sum, and the last line is a sum of all before it.
std::string with_sum_of(std::string manifest, const std::string& file, const std::string& sum) {
  const std::size_t entry = manifest.find(fmt::format("\"Path\": \"{}\"", file));
  exchange(manifest, entry, "\"Checksum-Algorithm\": \"", "\"", "SHA256");
  exchange(manifest, entry, "\"Checksum\": \"", "\"", sum);
  const std::size_t last = manifest.rfind('\n', manifest.size() - 2) + 1;
  exchange(manifest, last, "\"Manifest-Checksum\": \"", "\"", sha256_hex(manifest.substr(0, last)));
  return manifest;
}

TEST_F(CorruptionSabotage, BackupAlteredTogetherWithItsManifest) {
  must_be_killed(BrokenRecovery{.killed_by = {"backup-verified", "backup_manifest"},
      .restore = [](Drill& drill, Source& source, const BackupSet& set, const Marker& marker) {
        Instance& instance = source.cluster().instance();
        const std::string folder = inside(source, set, "");
        const std::string manifest = folder + "backup_manifest";
        const std::string altered = "51\n";
        put_file(instance, folder + "PG_VERSION", altered);
        put_file(instance, manifest,
            with_sum_of(get_file(instance, manifest), "PG_VERSION", sha256_hex(altered)));
        // Else it would be the manifest that tells, and nothing would be proven.
        exec_or_throw(instance, {.argv = {"pg_verifybackup", "--quiet", folder}});
        return drill.restore(source, set, to(marker));
      }});
}

}  // namespace
}  // namespace pgrehearse
