#include "tests/contract/object_store_s3.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "harness/base/files.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "harness/store/s3_store.hpp"

namespace pgrehearse {
namespace {

const std::filesystem::path stores{PGREHEARSE_STORES_DIR};

}  // namespace

S3Config s3_config_of(const std::string& name, const S3Abilities& abilities, unsigned page_keys) {
  std::map<std::string, std::string> told;
  for (const std::string& line : lines_of(read_file(stores / name / "store"))) {
    told[line.substr(0, line.find(' '))] = line.substr(line.find(' ') + 1);
  }
  const std::vector<std::string> credentials = lines_of(read_file(told["credentials"]));
  // Small parts, so that every case meets more than one.
  return {.endpoint = told["endpoint"],
      .bucket = fmt::format("test-{}", random_hex(8)),
      .ca_file = told["ca"],
      .credentials = {.key_id = credentials.at(0), .secret = Secret{credentials.at(1)}},
      .abilities = abilities,
      .part_bytes = 5UL << 20U,
      .page_keys = page_keys};
}

StoreUnderTest s3_server(const std::string& name, const S3Abilities& abilities, unsigned page_keys,
    const std::string& prefix) {
  const auto open_empty = [=] {
    S3Config config = s3_config_of(name, abilities, page_keys);
    make_bucket(config);
    if (!prefix.empty()) {
      // What must not be seen, whatever prefix is asked for.
      S3Store neighbours{config};
      neighbours.put("zz", Content::of_bytes("not ours"), {});
      neighbours.put(prefix + "-else", Content::of_bytes("not ours"), {});
      config.prefix = prefix;
    }
    S3Config wrong = config;
    wrong.credentials.secret = Secret::random();
    return OpenStore{
        .store = std::make_unique<S3Store>(config), .stranger = std::make_unique<S3Store>(wrong)};
  };
  const auto why_not = [name]() -> std::optional<std::string> {
    if (std::filesystem::exists(stores / name / "store")) {
      return std::nullopt;
    }
    return fmt::format("no {0} runs: ctest starts it with ci/stores/{0}, where it can", name);
  };
  return {.name = prefix.empty() ? name : name + "_below_a_prefix",
      .open_empty = open_empty,
      .why_not = why_not};
}

}  // namespace pgrehearse
