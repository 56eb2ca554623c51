#include "harness/drill/store_rotation.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

constexpr const char* by_hand =
    "What it wrote is not repeated here, because it may hold secrets. Run it by hand in the folder "
    "of drill.yaml with the environment that docs/drill-yaml.md lists.";

bool is_one_word(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                              [](unsigned char letter) { return letter > ' ' && letter < 0x7F; });
}

}  // namespace

S3Credentials new_store_key(const Command& rotate, const Subject& subject, const S3Config& store,
    const std::string& run_id) {
  const Program program{.argv = rotate.argv,
      .env = {{"PGREHEARSE_RUN_ID", Secret{run_id}}, {"PGREHEARSE_PHASE", Secret{"rotate-store"}},
          {"PGREHEARSE_STORE_ENDPOINT", Secret{store.endpoint}},
          {"PGREHEARSE_STORE_BUCKET", Secret{store.bucket}},
          {"PGREHEARSE_STORE_REGION", Secret{store.region}},
          {"PGREHEARSE_STORE_KEY_ID", Secret{store.credentials.key_id}},
          {"PGREHEARSE_STORE_SECRET", store.credentials.secret}},
      .cwd = subject.folder,
      .deadline = rotate.deadline};
  const Completed told = run(program);
  if (told.timed_out) {
    throw Error{ErrorCode::timed_out,
        fmt::format("'rotate' of the vault did not end within {}", text_of(rotate.deadline)),
        by_hand};
  }
  if (!told.ok()) {
    throw Error{ErrorCode::program_failed,
        fmt::format("'rotate' of the vault ended with status {}", told.status), by_hand};
  }
  const std::vector<std::string> lines = lines_of(told.out);
  if (lines.size() != 2 || !is_one_word(lines[0]) || !is_one_word(lines[1])) {
    throw Error{ErrorCode::program_failed,
        fmt::format(
            "'rotate' of the vault printed {} lines, not a key id and a secret", lines.size()),
        "It prints the id of the new key on one line and its secret on the next, and nothing "
        "else."};
  }
  return {.key_id = lines[0], .secret = Secret{lines[1]}};
}

}  // namespace pgrehearse
