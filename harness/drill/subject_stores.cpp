#include "harness/drill/subject_stores.hpp"

#include <system_error>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

S3Spec s3_of(const YamlNode& map, const SubjectValues& values) {
  S3Spec spec;
  SubjectValues::set(spec.endpoint, map, "endpoint");
  SubjectValues::set(spec.bucket, map, "bucket");
  SubjectValues::set(spec.prefix, map, "prefix");
  SubjectValues::set(spec.region, map, "region");
  SubjectValues::set(spec.key_id_env, map, "key_id_env");
  SubjectValues::set(spec.secret_env, map, "secret_env");
  if (const YamlNode* node = map.find("ca_file")) {
    spec.ca_file = (values.folder() / node->text).lexically_normal();
    std::error_code ignored;
    if (!fs::is_regular_file(spec.ca_file, ignored)) {
      values.fail(node->line, fmt::format("there is no file '{}'", node->text),
          "Paths start in the folder of drill.yaml.");
    }
  }
  if (const YamlNode* node = map.find("versioned")) {
    spec.versioned = node->truth;
  }
  return spec;
}

StoreSpec store_of(const YamlNode& map, std::string_view key, const SubjectValues& values) {
  StoreSpec spec;
  if (const YamlNode* node = map.find(key)) {
    spec.s3 = s3_of(*node->find("s3"), values);
    spec.rotate = values.command(*node, "rotate");
  }
  return spec;
}

}  // namespace

StoresSpec store_specs(const YamlNode& map, const SubjectValues& values) {
  StoresSpec specs{.vault = store_of(map, "vault", values),
      .region_a = store_of(map, "region_a", values),
      .region_b = store_of(map, "region_b", values)};
  if (specs.region_a.s3.has_value() != specs.region_b.s3.has_value()) {
    values.fail(map.line, "'region_a' and 'region_b' need each other",
        "One region's store is copied to the other's: name both, or neither.");
  }
  if (!specs.region_a.s3) {
    return specs;
  }
  const S3Spec& a = *specs.region_a.s3;
  const S3Spec& b = *specs.region_b.s3;
  const int line = map.find("region_b")->line;
  if (a.endpoint == b.endpoint && a.bucket == b.bucket) {
    values.fail(line, "both regions have the same bucket",
        "What one region loses the other one must keep: give each a bucket of its own.");
  }
  if (a.key_id_env == b.key_id_env || a.secret_env == b.secret_env) {
    values.fail(line, "both regions have their credentials from the same variable",
        "Those of region A are lost with it: give each region variables of its own.");
  }
  return specs;
}

}  // namespace pgrehearse
