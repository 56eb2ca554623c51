#include "harness/drill/evidence.hpp"

#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds hours_at_most = std::chrono::hours{4};

}  // namespace

std::string digest_of_files(Source& source) {
  Instance& instance = source.cluster().instance();
  return sha256_hex(exec_or_throw(
      instance, {.argv = {instance.path_of(Place::agent), "digest", source.cluster().data_path()},
                    .deadline = hours_at_most})
                        .out);
}

Evidence preserve(Source& source, Vault& vault) {
  Instance& instance = source.cluster().instance();
  instance.kill_processes();
  Evidence evidence{.key = "evidence/" + instance.name() + ".tar", .sha256 = {}, .files = {}};
  evidence.files = digest_of_files(source);
  evidence.sha256 =
      vault.backups().ship_folder(instance, source.cluster().data_path(), evidence.key);
  return evidence;
}

}  // namespace pgrehearse
