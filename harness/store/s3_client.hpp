// Requests to one S3 bucket, signed and sent by libcurl, which only its source sees. Knows about
// HTTP, deadlines and trying again; knows nothing about objects.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/store/content.hpp"
#include "harness/store/object_store.hpp"
#include "harness/store/s3_config.hpp"
#include "harness/store/s3_text.hpp"

namespace pgrehearse {

/// The stretch of a content that is the body of a request.
struct S3Body {
  const Content* content = nullptr;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

struct S3Request {
  std::string method;
  std::optional<std::string> key = {};  ///< without one, the bucket is meant
  S3Query query = {};
  std::vector<std::string> headers = {};  ///< "name: value", signed with the rest
  S3Body body = {};
  PieceSink sink = {};     ///< takes the body of a 200; other bodies are in the answer
  bool repeatable = true;  ///< false: an attempt that broke off may have had its effect
};

struct S3Answer {
  long status = 0;
  std::map<std::string, std::string> headers = {};  ///< names in lower case
  std::string body = {};
  [[nodiscard]] std::string header(const std::string& name) const;
  /// The server's own word for what was wrong ("NoSuchKey"); letters and digits only.
  [[nodiscard]] std::string complaint() const;
};

class S3Client {
 public:
  /// Throws Error{bad_config} when the configuration cannot be meant.
  explicit S3Client(S3Config config);
  ~S3Client();
  S3Client(const S3Client&) = delete;
  S3Client& operator=(const S3Client&) = delete;

  /// Any answer below 500 is returned, whatever its status. Throws Error{store_unreachable} when
  /// there is none after all attempts, Error{interrupted}, and what the sink or the content threw.
  S3Answer send(const S3Request& request);
  /// send(), and any status that is not 2xx or among `expected` becomes an Error.
  S3Answer demand(const S3Request& request, const std::vector<long>& expected = {});

  [[nodiscard]] const S3Config& config() const { return config_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  /// How often the server was asked so far; what was tried again counts each time.
  [[nodiscard]] std::uint64_t requests() const { return requests_; }

 private:
  struct Free {
    void operator()(void* handle) const noexcept;
  };
  using Handle = std::unique_ptr<void, Free>;

  [[nodiscard]] Handle take_handle();
  void give_back(Handle handle);

  S3Config config_;
  std::string name_;
  std::atomic<std::uint64_t> requests_{0};
  std::mutex mutex_;
  std::vector<Handle> idle_;  // with their open connections
};

}  // namespace pgrehearse
