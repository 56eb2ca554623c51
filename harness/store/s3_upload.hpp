// The two ways of an object into a bucket: one request, or many parts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/store/s3_client.hpp"

namespace pgrehearse {

/// Sends a content under a key, with these headers on the request that creates the object. Returns
/// the final answer; nothing when If-None-Match was among the headers and the key was taken. An
/// upload in parts that fails is given up at the server too.
[[nodiscard]] std::optional<S3Answer> upload(S3Client& client, const std::string& key,
    const Content& content, const std::vector<std::string>& headers, bool only_if_absent);

}  // namespace pgrehearse
