#include "harness/store/s3_attempt.hpp"

#include <algorithm>
#include <cctype>
#include <new>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/process/interrupt.hpp"

namespace pgrehearse {
namespace {

// More than any list of 1000 keys; an answer above it is not S3.
constexpr std::size_t most_bytes_of_answer = 16UL << 20U;

bool is_on_this_host(const std::string& endpoint) {
  return endpoint.find("://127.") != std::string::npos ||
         endpoint.find("://localhost") != std::string::npos ||
         endpoint.find("://[::1]") != std::string::npos;
}

}  // namespace

S3Attempt::S3Attempt(const S3Config& config, const S3Request& request, CURL* handle)
    : request_(request), handle_(handle) {
  curl_easy_reset(handle);
  if (request.body.content != nullptr) {
    reader_.emplace(*request.body.content, request.body.offset, request.body.bytes);
  }
  url_ = fmt::format("{}/{}{}{}", config.endpoint, config.bucket,
      request.key.has_value() ? "/" + percent_encoded(*request.key, true) : "",
      s3_query_text(request.query));
  set_headers(config.credentials.token);
  set_transport(config);
  set_identity(config);
  set_body();
}
S3Attempt::~S3Attempt() {
  curl_slist_free_all(headers_);
}

CURLcode S3Attempt::send() {
  const CURLcode code = curl_easy_perform(handle_);
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &answer.status);
  if (thrown_ != nullptr) {
    std::rethrow_exception(thrown_);
  }
  return code;
}
template <typename Value>
void S3Attempt::set(CURLoption option, Value value) {
  if (curl_easy_setopt(handle_, option, value) != CURLE_OK) {
    throw Error{ErrorCode::internal,
        fmt::format("libcurl refused its option {}", static_cast<int>(option))};
  }
}

void S3Attempt::add_header(const std::string& line) {
  curl_slist* longer = curl_slist_append(headers_, line.c_str());
  if (longer == nullptr) {
    throw std::bad_alloc{};
  }
  headers_ = longer;
}

void S3Attempt::set_headers(const Secret& token) {
  const S3Body& body = request_.body;
  const std::string digest =
      body.content == nullptr ? sha256_hex("") : sha256_of(*body.content, body.offset, body.bytes);
  // libcurl 7.88 signs what this says, and does not send it by itself.
  add_header("x-amz-content-sha256: " + digest);
  if (!token.empty()) {
    add_header("x-amz-security-token: " + token.reveal());
  }
  for (const std::string& line : request_.headers) {
    add_header(line);
  }
  set(CURLOPT_HTTPHEADER, headers_);
}

void S3Attempt::set_transport(const S3Config& config) {
  set(CURLOPT_URL, url_.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "pgrehearse");
  if (!config.ca_file.empty()) {
    set(CURLOPT_CAINFO, config.ca_file.c_str());
  }
  if (is_on_this_host(config.endpoint)) {
    set(CURLOPT_NOPROXY, "*");
  }
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config.connect_deadline.count()));
  if (request_.sink || request_.body.bytes > 0) {
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(config.stall_deadline.count()));
  } else {
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(config.answer_deadline.count()));
  }
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &S3Attempt::on_progress);
  set(CURLOPT_XFERINFODATA, this);
  set(CURLOPT_HEADERFUNCTION, &S3Attempt::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &S3Attempt::on_bytes);
  set(CURLOPT_WRITEDATA, this);
}

void S3Attempt::set_identity(const S3Config& config) {
  const std::string signing = fmt::format("aws:amz:{}:s3", config.region);
  set(CURLOPT_AWS_SIGV4, signing.c_str());
  set(CURLOPT_USERNAME, config.credentials.key_id.c_str());
  set(CURLOPT_PASSWORD, config.credentials.secret.reveal().c_str());
}

void S3Attempt::set_body() {
  if (request_.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
    return;
  }
  if (request_.method == "PUT" || request_.method == "POST") {
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request_.body.bytes));
    set(CURLOPT_READFUNCTION, &S3Attempt::on_room);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, &S3Attempt::on_seek);
    set(CURLOPT_SEEKDATA, this);
  }
  if (request_.method == "POST" || request_.method == "DELETE") {
    set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
}

int S3Attempt::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  try {
    throw_if_interrupted();
    return 0;
  } catch (...) {
    static_cast<S3Attempt*>(self)->thrown_ = std::current_exception();
    return 1;
  }
}

std::size_t S3Attempt::on_header(char* line, std::size_t, std::size_t bytes, void* self) {
  auto& attempt = *static_cast<S3Attempt*>(self);
  const std::string_view text{line, bytes};
  if (text.starts_with("HTTP/")) {
    attempt.answer.headers.clear();  // an interim answer came before this one
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    attempt.answer.headers[lowered(text.substr(0, colon))] = trimmed(text.substr(colon + 1));
  }
  return bytes;
}

std::size_t S3Attempt::on_bytes(char* bytes, std::size_t, std::size_t count, void* self) {
  auto& attempt = *static_cast<S3Attempt*>(self);
  long status = 0;
  curl_easy_getinfo(attempt.handle_, CURLINFO_RESPONSE_CODE, &status);
  try {
    if (status == 200 && attempt.request_.sink) {
      attempt.handed_out_ = true;
      attempt.request_.sink({bytes, count});
    } else if (attempt.answer.body.size() + count > most_bytes_of_answer) {
      return 0;
    } else {
      attempt.answer.body.append(bytes, count);
    }
    return count;
  } catch (...) {
    attempt.thrown_ = std::current_exception();
    return 0;
  }
}

std::size_t S3Attempt::on_room(char* room, std::size_t, std::size_t count, void* self) {
  auto& attempt = *static_cast<S3Attempt*>(self);
  try {
    return attempt.reader_.has_value() ? attempt.reader_->read(room, count) : 0;
  } catch (...) {
    attempt.thrown_ = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
}

// libcurl begins anew when a connection it had kept turns out to be closed.
int S3Attempt::on_seek(void* self, curl_off_t offset, int origin) {
  auto& attempt = *static_cast<S3Attempt*>(self);
  if (offset != 0 || origin != SEEK_SET) {
    return CURL_SEEKFUNC_CANTSEEK;
  }
  if (attempt.reader_.has_value()) {
    attempt.reader_->rewind();
  }
  return CURL_SEEKFUNC_OK;
}

std::string lowered(std::string_view text) {
  std::string lower{text};
  std::transform(lower.begin(), lower.end(), lower.begin(),
      [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  return lower;
}

}  // namespace pgrehearse
