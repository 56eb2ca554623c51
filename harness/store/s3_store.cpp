#include "harness/store/s3_store.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/store/http_date.hpp"
#include "harness/store/object_key.hpp"
#include "harness/store/s3_upload.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

constexpr long not_found = 404;
constexpr long not_allowed = 405;  // the version that was asked for is a removal

std::uint64_t number_of(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Timestamp instant_of(const std::string& text) {
  return text.empty() ? Timestamp{} : Timestamp::parse(text);
}

// Some servers call the only version of a bucket without versions "null".
std::string version_of(std::string version, bool versioned) {
  return versioned ? std::move(version) : "";
}

constexpr std::string_view metadata_begins = "x-amz-meta-";
constexpr std::string_view digest_header = "x-amz-meta-sha256";

ObjectLabels labels_in(const S3Answer& answer) {
  ObjectLabels labels;
  for (const auto& [name, value] : answer.headers) {
    if (name.starts_with(metadata_begins) && name != digest_header) {
      labels[name.substr(metadata_begins.size())] = value;
    }
  }
  return labels;
}

ObjectInfo info_from_headers(const std::string& key, const S3Answer& answer, bool versioned) {
  return {.key = key,
      .bytes = number_of(answer.header("content-length")),
      .sha256 = answer.header(std::string{digest_header}),
      .modified = instant_of_http(answer.header("last-modified")),
      .version = version_of(answer.header("x-amz-version-id"), versioned),
      .labels = labels_in(answer)};
}

ObjectInfo info_from_xml(const XmlElement& element, bool versioned) {
  return {.key = xml_text(element.inner, "Key"),
      .bytes = number_of(xml_text(element.inner, "Size")),
      .modified = instant_of(xml_text(element.inner, "LastModified")),
      .version = version_of(xml_text(element.inner, "VersionId"), versioned),
      .removal = element.name == "DeleteMarker"};
}

S3Query version_query(const std::optional<std::string>& version) {
  return version.has_value() ? S3Query{{"versionId", *version}} : S3Query{};
}

}  // namespace

S3Store::S3Store(S3Config config)
    : client_(std::move(config)),
      below_(client_.config().prefix.empty() ? "" : client_.config().prefix + "/"),
      properties_{.name = client_.name(),
          .replaces_at_once = client_.config().abilities.replaces_at_once,
          .versioned = client_.config().abilities.versioned,
          .checks_signatures = client_.config().abilities.checks_signatures,
          .honours_only_if_absent = client_.config().abilities.honours_only_if_absent,
          .locks_objects = client_.config().abilities.locks_objects} {}

void S3Store::demand_versioned(const std::optional<std::string>& version) const {
  if (version.has_value() && !properties_.versioned) {
    refuse_as_unable(properties_, "keep versions");
  }
}

std::optional<ObjectInfo> S3Store::put(
    const std::string& key, const Content& content, const PutOptions& options) {
  demand_key(key);
  demand_abilities(properties_, options);
  demand_labels(options.labels);
  const std::string digest = options.sha256.empty() ? sha256_of(content) : options.sha256;
  std::vector<std::string> headers{fmt::format("{}: {}", digest_header, digest)};
  for (const auto& [name, value] : options.labels) {
    headers.push_back(fmt::format("{}{}: {}", metadata_begins, name, value));
  }
  if (options.locked_until.has_value()) {
    headers.emplace_back("x-amz-object-lock-mode: COMPLIANCE");
    headers.push_back("x-amz-object-lock-retain-until-date: " + options.locked_until->text());
  }
  const auto answer = upload(client_, placed(key), content, headers, options.only_if_absent);
  if (!answer.has_value()) {
    return std::nullopt;
  }
  return ObjectInfo{.key = key,
      .bytes = content.bytes(),
      .sha256 = digest,
      .modified = instant_of_http(answer->header("date")),
      .version = version_of(answer->header("x-amz-version-id"), properties_.versioned),
      .labels = options.labels};
}

ObjectInfo S3Store::read(
    const std::string& key, const std::optional<std::string>& version, const PieceSink& sink) {
  demand_key(key);
  demand_versioned(version);
  // A version that this server never gave may be answered with 400.
  constexpr long not_understood = 400;
  const S3Answer answer = client_.demand(
      {.method = "GET", .key = placed(key), .query = version_query(version), .sink = sink},
      version.has_value() ? std::vector<long>{not_found, not_allowed, not_understood}
                          : std::vector<long>{not_found});
  if (answer.status != 200) {
    if (answer.complaint() == "NoSuchBucket") {
      throw Error{ErrorCode::bad_config,
          fmt::format("the store {} has no such bucket", client_.name()),
          "Make the bucket first, or look for a typing error in its name."};
    }
    report_missing(properties_, key);
  }
  return info_from_headers(key, answer, properties_.versioned);
}

std::vector<ObjectInfo> S3Store::list(const std::string& prefix) {
  demand_prefix(prefix);
  std::vector<ObjectInfo> found;
  std::string token;
  for (bool more = true; more;) {
    S3Query query{{"list-type", "2"}, {"prefix", placed(prefix)},
        {"max-keys", std::to_string(client_.config().page_keys)}};
    if (!token.empty()) {
      query.emplace_back("continuation-token", token);
    }
    const S3Answer page = client_.demand({.method = "GET", .query = query});
    for (const XmlElement& element : xml_elements(page.body, {"Contents"})) {
      found.push_back(info_from_xml(element, false));
      found.back().key.erase(0, below_.size());
    }
    token = xml_text(page.body, "NextContinuationToken");
    more = xml_text(page.body, "IsTruncated") == "true" && !token.empty();
  }
  std::sort(found.begin(), found.end(),
      [](const ObjectInfo& left, const ObjectInfo& right) { return left.key < right.key; });
  return found;
}

std::vector<std::string> S3Store::names_below(const std::string& folder) {
  demand_prefix(folder);
  const std::string begins = placed(folder);
  const S3Answer page = client_.demand({.method = "GET",
      .query = {{"list-type", "2"}, {"prefix", begins}, {"delimiter", "/"},
          {"max-keys", std::to_string(client_.config().page_keys)}}});
  std::vector<std::string> names;
  for (const XmlElement& element : xml_elements(page.body, {"Contents", "CommonPrefixes"})) {
    const bool object = element.name == "Contents";
    std::string name = xml_text(element.inner, object ? "Key" : "Prefix");
    name.erase(0, begins.size());
    if (!name.empty()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

std::optional<ObjectInfo> S3Store::stat(const std::string& key) {
  demand_key(key);
  const S3Answer answer = client_.demand({.method = "HEAD", .key = placed(key)}, {not_found});
  if (answer.status == not_found) {
    // The answer to HEAD has no body that would tell a missing object from a missing bucket.
    if (client_.demand({.method = "HEAD"}, {not_found}).status == not_found) {
      throw Error{ErrorCode::bad_config,
          fmt::format("the store {} has no such bucket", client_.name()),
          "Make the bucket first, or look for a typing error in its name."};
    }
    return std::nullopt;
  }
  return info_from_headers(key, answer, properties_.versioned);
}

void S3Store::remove(const std::string& key, const std::optional<std::string>& version) {
  demand_key(key);
  demand_versioned(version);
  static_cast<void>(client_.demand(
      {.method = "DELETE", .key = placed(key), .query = version_query(version)}, {not_found}));
}

std::vector<ObjectInfo> S3Store::versions(const std::string& key) {
  demand_key(key);
  if (!properties_.versioned) {
    refuse_as_unable(properties_, "keep versions");
  }
  std::vector<ObjectInfo> found = versions_below(placed(key), true);
  std::erase_if(found, [&](const ObjectInfo& info) { return info.key != placed(key); });
  for (ObjectInfo& info : found) {
    info.key = key;
  }
  return found;
}

std::vector<ObjectInfo> S3Store::versions_below(const std::string& placed_prefix, bool as_key) {
  std::vector<ObjectInfo> found;
  std::string key_marker;
  std::string version_marker;
  for (bool more = true; more;) {
    bool beyond = false;  // keys that only begin like this one come after it
    S3Query query{{"versions", ""}, {"prefix", placed_prefix},
        {"max-keys", std::to_string(client_.config().page_keys)}};
    if (!key_marker.empty()) {
      query.emplace_back("key-marker", key_marker);
      query.emplace_back("version-id-marker", version_marker);
    }
    const S3Answer page = client_.demand({.method = "GET", .query = query});
    for (const XmlElement& element : xml_elements(page.body, {"Version", "DeleteMarker"})) {
      found.push_back(info_from_xml(element, true));
      beyond = beyond || (as_key && found.back().key != placed_prefix);
    }
    key_marker = xml_text(page.body, "NextKeyMarker");
    version_marker = xml_text(page.body, "NextVersionIdMarker");
    more = !beyond && xml_text(page.body, "IsTruncated") == "true" && !key_marker.empty();
  }
  return found;
}

void S3Store::clear() {
  if (below_.empty()) {
    throw Error{ErrorCode::refused, "a whole bucket is not cleared",
        "Only what is below a prefix of the drill's own is removed."};
  }
  if (!properties_.versioned) {
    for (const ObjectInfo& info : list("")) {
      remove(info.key, {});
    }
    return;
  }
  for (const ObjectInfo& info : versions_below(below_, false)) {
    remove(info.key.substr(below_.size()), info.version);
  }
}

void make_bucket(const S3Config& config) {
  S3Client client{config};
  std::vector<std::string> headers;
  if (config.abilities.locks_objects) {
    headers.emplace_back("x-amz-bucket-object-lock-enabled: true");
  }
  static_cast<void>(client.demand({.method = "PUT", .headers = headers}));
  if (config.abilities.versioned) {
    const Content wish = Content::of_bytes(
        "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        "<Status>Enabled</Status></VersioningConfiguration>");
    static_cast<void>(client.demand(
        {.method = "PUT", .query = {{"versioning", ""}}, .body = {&wish, 0, wish.bytes()}}));
  }
}

}  // namespace pgrehearse
