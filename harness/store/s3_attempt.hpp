// One request to an S3 server on the wire, once: the delicate part of libcurl, apart from the
// trying again.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "harness/store/s3_client.hpp"

namespace pgrehearse {

class S3Attempt {
 public:
  /// Sets up the handle, which keeps its open connections. Everything given must outlive it.
  S3Attempt(const S3Config& config, const S3Request& request, CURL* handle);
  ~S3Attempt();
  S3Attempt(const S3Attempt&) = delete;
  S3Attempt& operator=(const S3Attempt&) = delete;

  /// Fills `answer`. Throws what the sink or the content threw, and Error{interrupted}.
  CURLcode send();
  /// Bytes already went to the sink: this request can no longer be sent again.
  [[nodiscard]] bool handed_out() const { return handed_out_; }

  S3Answer answer;

 private:
  template <typename Value>
  void set(CURLoption option, Value value);
  void add_header(const std::string& line);
  void set_headers(const Secret& token);
  void set_transport(const S3Config& config);
  void set_identity(const S3Config& config);
  void set_body();

  // What libcurl calls. No exception may pass through it, so they are kept and thrown by send().
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  static std::size_t on_header(char* line, std::size_t, std::size_t bytes, void* self);
  static std::size_t on_bytes(char* bytes, std::size_t, std::size_t count, void* self);
  static std::size_t on_room(char* room, std::size_t, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);

  const S3Request& request_;
  CURL* handle_;
  std::string url_;
  curl_slist* headers_ = nullptr;
  std::optional<ContentReader> reader_;
  std::exception_ptr thrown_;
  bool handed_out_ = false;
};

/// In lower case: names of headers, and libcurl's messages.
[[nodiscard]] std::string lowered(std::string_view text);

}  // namespace pgrehearse
