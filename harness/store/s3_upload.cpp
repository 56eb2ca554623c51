#include "harness/store/s3_upload.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/process/interrupt.hpp"

namespace pgrehearse {
namespace {

// "Each part except the last must be at least 5 MB; at most 10,000 parts" (Amazon S3 user guide,
// multipart upload limits).
constexpr std::uint64_t most_parts = 10'000;
constexpr long precondition_failed = 412;
constexpr long conflict = 409;

const std::string only_if_absent_header = "If-None-Match: *";

std::optional<S3Answer> taken_or(S3Answer answer, bool only_if_absent) {
  if (only_if_absent && (answer.status == precondition_failed || answer.status == conflict)) {
    return std::nullopt;
  }
  return answer;
}

std::vector<long> statuses_of_late_writers(bool only_if_absent) {
  return only_if_absent ? std::vector<long>{precondition_failed, conflict} : std::vector<long>{};
}

std::optional<S3Answer> upload_whole(S3Client& client, const std::string& key,
    const Content& content, std::vector<std::string> headers, bool only_if_absent) {
  if (only_if_absent) {
    headers.push_back(only_if_absent_header);
  }
  // Sent twice, the second answer to an only-if-absent request would speak of the first.
  return taken_or(client.demand({.method = "PUT",
                                    .key = key,
                                    .headers = std::move(headers),
                                    .body = {&content, 0, content.bytes()},
                                    .repeatable = !only_if_absent},
                      statuses_of_late_writers(only_if_absent)),
      only_if_absent);
}

class PartedUpload {
 public:
  PartedUpload(S3Client& client, std::string key, const std::vector<std::string>& headers)
      : client_(client), key_(std::move(key)) {
    const S3Answer begun = client_.demand(
        {.method = "POST", .key = key_, .query = {{"uploads", ""}}, .headers = headers});
    id_ = xml_text(begun.body, "UploadId");
    if (id_.empty()) {
      throw Error{ErrorCode::store_refused,
          fmt::format("the store {} began an upload without naming it", client_.name()),
          "Does this server speak S3?"};
    }
  }
  ~PartedUpload() {
    if (!id_.empty()) {
      give_up();
    }
  }
  PartedUpload(const PartedUpload&) = delete;
  PartedUpload& operator=(const PartedUpload&) = delete;

  void send_part(const S3Body& stretch) {
    const S3Answer answer = client_.demand({.method = "PUT",
        .key = key_,
        .query = {{"partNumber", std::to_string(++parts_)}, {"uploadId", id_}},
        .body = stretch});
    list_ += fmt::format(
        "<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", parts_, answer.header("etag"));
  }

  std::optional<S3Answer> complete(bool only_if_absent) {
    const Content body = Content::of_bytes(
        fmt::format("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", list_));
    S3Answer answer = client_.demand(
        {.method = "POST",
            .key = key_,
            .query = {{"uploadId", id_}},
            .headers = only_if_absent ? std::vector<std::string>{only_if_absent_header}
                                      : std::vector<std::string>{},
            .body = {&body, 0, body.bytes()},
            .repeatable = false},
        statuses_of_late_writers(only_if_absent));
    // The status is sent before the parts are joined, so a 200 may still carry an error.
    if (answer.status == 200 && !answer.complaint().empty()) {
      throw Error{ErrorCode::store_unreachable,
          fmt::format(
              "the store {} could not join the parts: {}", client_.name(), answer.complaint()),
          "Nothing was stored. Try again."};
    }
    std::optional<S3Answer> outcome = taken_or(std::move(answer), only_if_absent);
    if (outcome.has_value()) {
      id_.clear();
    }
    return outcome;
  }

 private:
  void give_up() noexcept {
    try {
      const RemovalScope not_cut_short;
      client_.send({.method = "DELETE", .key = key_, .query = {{"uploadId", id_}}});
    } catch (...) {
      // An unfinished upload shows nowhere; buckets expire them.
    }
  }

  S3Client& client_;
  std::string key_;
  std::string id_;  // empty once it is an object
  unsigned parts_ = 0;
  std::string list_;
};

}  // namespace

std::optional<S3Answer> upload(S3Client& client, const std::string& key, const Content& content,
    const std::vector<std::string>& headers, bool only_if_absent) {
  const std::uint64_t whole = content.bytes();
  if (whole <= client.config().part_bytes) {
    return upload_whole(client, key, content, headers, only_if_absent);
  }
  const std::uint64_t part =
      std::max<std::uint64_t>(client.config().part_bytes, whole / most_parts + 1);
  PartedUpload parts{client, key, headers};
  for (std::uint64_t offset = 0; offset < whole; offset += part) {
    parts.send_part({&content, offset, std::min(part, whole - offset)});
  }
  return parts.complete(only_if_absent);
}

}  // namespace pgrehearse
