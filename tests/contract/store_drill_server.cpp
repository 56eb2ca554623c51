#include "tests/contract/store_drill_server.hpp"

#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "harness/process/run.hpp"
#include "harness/store/s3_client.hpp"
#include "harness/store/s3_store.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path{PGREHEARSE_STORES_DIR} / "radosgw";

std::string told(const std::string& name) {
  for (const std::string& line : lines_of(read_file(folder / "store"))) {
    if (line.starts_with(name + " ")) {
      return line.substr(name.size() + 1);
    }
  }
  return "";
}

nlohmann::json statement_of(const S3Config& bucket, const StoreUser& user, const char* effect,
    const std::vector<std::string>& actions) {
  return {{"Effect", effect}, {"Principal", {{"AWS", {"arn:aws:iam:::user/" + user.name()}}}},
      {"Action", actions},
      {"Resource", {"arn:aws:s3:::" + bucket.bucket, "arn:aws:s3:::" + bucket.bucket + "/*"}}};
}

void set_policy(const S3Config& bucket, const std::vector<nlohmann::json>& statements) {
  const nlohmann::json policy{{"Version", "2012-10-17"}, {"Statement", statements}};
  const Content text = Content::of_bytes(policy.dump());
  S3Client client{bucket};
  static_cast<void>(client.demand(
      {.method = "PUT", .query = {{"policy", ""}}, .body = {&text, 0, text.bytes()}}));
}

}  // namespace

std::string missing_radosgw() {
  return fs::exists(folder / "store")
             ? ""
             : "no radosgw runs: ctest starts it with ci/stores/radosgw, where it can";
}

StoreUser::StoreUser() : name_("drill-" + random_hex(8)) {
  credentials_ = admin({"user", "create", "--display-name=drill"}).at(0);
}

// What it answers is read here, and written nowhere: it names the secrets.
std::vector<S3Credentials> StoreUser::admin(std::vector<std::string> words) const {
  words.insert(
      words.begin(), {"radosgw-admin", "-c", (folder / "ceph.conf").string(), "--uid=" + name_});
  const std::string answer = run_or_throw({.argv = std::move(words)}).out;
  std::vector<S3Credentials> keys;
  const auto user = nlohmann::json::parse(answer.substr(answer.find('{')));
  for (const auto& key : user.at("keys")) {
    keys.push_back({.key_id = key.at("access_key"), .secret = Secret{key.at("secret_key")}});
  }
  return keys;
}

std::vector<S3Credentials> StoreUser::keys() const {
  return admin({"user", "info"});
}

S3Config StoreUser::make_bucket() const {
  S3Config config{.endpoint = told("endpoint"),
      .bucket = fmt::format("drill-{}", random_hex(8)),
      .ca_file = told("ca"),
      .credentials = credentials_};
  pgrehearse::make_bucket(config);
  return config;
}

void StoreUser::let_write_but_not_read(const S3Config& bucket, const StoreUser& other) const {
  // Who puts an object owns it, and may read it unless that is denied.
  set_policy(bucket,
      {statement_of(bucket, other, "Allow", {"s3:ListBucket", "s3:PutObject", "s3:DeleteObject"}),
          statement_of(bucket, other, "Deny", {"s3:GetObject"})});
}

void StoreUser::let_read_only(const S3Config& bucket, const StoreUser& other) const {
  set_policy(bucket, {statement_of(bucket, other, "Allow", {"s3:ListBucket", "s3:GetObject"})});
}

std::string StoreUser::rotation(bool revoke) const {
  const std::string admin =
      fmt::format("radosgw-admin -c '{}' --uid={}", (folder / "ceph.conf").string(), name_);
  return fmt::format(
      "#!/bin/sh\n"
      "set -eu\n"
      "[ -z \"${{VAULT_KEY:-}}\" ]  # of the harness alone\n"
      "{0} key create --key-type=s3 --gen-access-key --gen-secret >/dev/null\n"
      "{1}"
      "{0} user info | sed 's,\\\\/,/,g' |\n"
      "  awk -F'\"' -v old=\"$PGREHEARSE_STORE_KEY_ID\" \\\n"
      "    '$2 == \"access_key\" {{ id = $4 }} $2 == \"secret_key\" && id != old {{ print id; "
      "print $4 "
      "}}'\n",
      admin,
      revoke
          ? admin + " key rm --key-type=s3 --access-key=\"$PGREHEARSE_STORE_KEY_ID\" >/dev/null\n"
          : "");
}

}  // namespace pgrehearse
