#include "harness/store/s3_client.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <exception>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

// More than any list of 1000 keys; an answer above it is not S3.
constexpr std::size_t most_bytes_of_answer = 16UL << 20U;

void start_curl_once() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) {
    throw Error{ErrorCode::internal, "libcurl cannot be started"};
  }
}

std::string lowered(std::string_view text) {
  std::string lower{text};
  std::transform(lower.begin(), lower.end(), lower.begin(),
      [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  return lower;
}

bool is_on_this_host(const std::string& endpoint) {
  return endpoint.find("://127.") != std::string::npos ||
         endpoint.find("://localhost") != std::string::npos ||
         endpoint.find("://[::1]") != std::string::npos;
}

std::string_view hint_for(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return "Does the CA file belong to the server's certificate, and does that name this host?";
    case CURLE_SSL_CONNECT_ERROR:
      return "Does the server speak TLS on this port?";
    case CURLE_COULDNT_RESOLVE_HOST:
      return "Is the host name in the endpoint right?";
    default:
      return "Is the region up? Is the endpoint right, and does a firewall let it through?";
  }
}

// Certificates and names do not become right by trying again.
bool may_pass(CURLcode code) {
  return code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_SSL_CACERT_BADFILE &&
         code != CURLE_COULDNT_RESOLVE_HOST && code != CURLE_UNSUPPORTED_PROTOCOL;
}

std::string_view hint_for_refusal(const std::string& complaint) {
  if (complaint == "SignatureDoesNotMatch" || complaint == "InvalidAccessKeyId") {
    return "The credentials are not those of this server. Were they rotated?";
  }
  if (complaint == "RequestTimeTooSkewed") {
    return "The clocks of this host and of the server differ by more than 15 minutes.";
  }
  return "Do the credentials allow this, and is the object locked?";
}

}  // namespace

// One request on the wire, and the state its callbacks share.
class S3Client::Attempt {
 public:
  Attempt(const S3Config& config, const S3Request& request, CURL* handle)
      : request_(request), handle_(handle) {
    curl_easy_reset(handle);
    if (request.body.content != nullptr) {
      reader_.emplace(*request.body.content, request.body.offset, request.body.bytes);
    }
    url_ = fmt::format("{}/{}{}{}", config.endpoint, config.bucket,
        request.key.has_value() ? "/" + percent_encoded(*request.key, true) : "",
        s3_query_text(request.query));
    set_headers();
    set_transport(config);
    set_identity(config);
    set_body();
  }
  ~Attempt() { curl_slist_free_all(headers_); }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  CURLcode send() {
    const CURLcode code = curl_easy_perform(handle_);
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &answer.status);
    if (thrown_ != nullptr) {
      std::rethrow_exception(thrown_);
    }
    return code;
  }
  /// Bytes already went to the sink: this request can no longer be sent again.
  [[nodiscard]] bool handed_out() const { return handed_out_; }

  S3Answer answer;

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(handle_, option, value) != CURLE_OK) {
      throw Error{ErrorCode::internal,
          fmt::format("libcurl refused its option {}", static_cast<int>(option))};
    }
  }

  void add_header(const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_, line.c_str());
    if (longer == nullptr) {
      throw std::bad_alloc{};
    }
    headers_ = longer;
  }

  void set_headers() {
    const S3Body& body = request_.body;
    const std::string digest = body.content == nullptr
                                   ? sha256_hex("")
                                   : sha256_of(*body.content, body.offset, body.bytes);
    // libcurl 7.88 signs what this says, and does not send it by itself.
    add_header("x-amz-content-sha256: " + digest);
    for (const std::string& line : request_.headers) {
      add_header(line);
    }
    set(CURLOPT_HTTPHEADER, headers_);
  }

  void set_transport(const S3Config& config) {
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
    set(CURLOPT_XFERINFOFUNCTION, &Attempt::on_progress);
    set(CURLOPT_XFERINFODATA, this);
    set(CURLOPT_HEADERFUNCTION, &Attempt::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Attempt::on_bytes);
    set(CURLOPT_WRITEDATA, this);
  }

  void set_identity(const S3Config& config) {
    const std::string signing = fmt::format("aws:amz:{}:s3", config.region);
    set(CURLOPT_AWS_SIGV4, signing.c_str());
    set(CURLOPT_USERNAME, config.credentials.key_id.c_str());
    set(CURLOPT_PASSWORD, config.credentials.secret.reveal().c_str());
  }

  void set_body() {
    if (request_.method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
      return;
    }
    if (request_.method == "PUT" || request_.method == "POST") {
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request_.body.bytes));
      set(CURLOPT_READFUNCTION, &Attempt::on_room);
      set(CURLOPT_READDATA, this);
      set(CURLOPT_SEEKFUNCTION, &Attempt::on_seek);
      set(CURLOPT_SEEKDATA, this);
    }
    if (request_.method == "POST" || request_.method == "DELETE") {
      set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    try {
      throw_if_interrupted();
      return 0;
    } catch (...) {
      static_cast<Attempt*>(self)->thrown_ = std::current_exception();
      return 1;
    }
  }

  static std::size_t on_header(char* line, std::size_t, std::size_t bytes, void* self) {
    auto& attempt = *static_cast<Attempt*>(self);
    const std::string_view text{line, bytes};
    if (text.starts_with("HTTP/")) {
      attempt.answer.headers.clear();  // an interim answer came before this one
    } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
      attempt.answer.headers[lowered(text.substr(0, colon))] = trimmed(text.substr(colon + 1));
    }
    return bytes;
  }

  static std::size_t on_bytes(char* bytes, std::size_t, std::size_t count, void* self) {
    auto& attempt = *static_cast<Attempt*>(self);
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

  static std::size_t on_room(char* room, std::size_t, std::size_t count, void* self) {
    auto& attempt = *static_cast<Attempt*>(self);
    try {
      return attempt.reader_.has_value() ? attempt.reader_->read(room, count) : 0;
    } catch (...) {
      attempt.thrown_ = std::current_exception();
      return CURL_READFUNC_ABORT;
    }
  }

  // libcurl begins anew when a connection it had kept turns out to be closed.
  static int on_seek(void* self, curl_off_t offset, int origin) {
    auto& attempt = *static_cast<Attempt*>(self);
    if (offset != 0 || origin != SEEK_SET) {
      return CURL_SEEKFUNC_CANTSEEK;
    }
    if (attempt.reader_.has_value()) {
      attempt.reader_->rewind();
    }
    return CURL_SEEKFUNC_OK;
  }

  const S3Request& request_;
  CURL* handle_;
  std::string url_;
  curl_slist* headers_ = nullptr;
  std::optional<ContentReader> reader_;
  std::exception_ptr thrown_;
  bool handed_out_ = false;
};

std::string S3Answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::string S3Answer::complaint() const {
  std::string code = xml_text(body, "Code").substr(0, 60);
  std::erase_if(code, [](unsigned char byte) { return std::isalnum(byte) == 0; });
  return code;
}

S3Credentials s3_credentials_from_environment(
    const std::string& key_id_variable, const std::string& secret_variable) {
  const auto value_of = [](const std::string& variable) {
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0') {
      throw Error{ErrorCode::bad_config, "this variable must hold credentials of an object store",
          "Export it for the run; nothing of it is written anywhere.", variable};
    }
    return std::string{value};
  };
  return {.key_id = value_of(key_id_variable), .secret = Secret{value_of(secret_variable)}};
}

void S3Client::Free::operator()(void* handle) const noexcept {
  curl_easy_cleanup(handle);
}

S3Client::S3Client(S3Config config) : config_(std::move(config)) {
  while (config_.endpoint.ends_with('/')) {
    config_.endpoint.pop_back();
  }
  name_ = fmt::format("s3 {}/{}", config_.endpoint, config_.bucket);
  if (!config_.endpoint.starts_with("https://") && !config_.endpoint.starts_with("http://")) {
    throw Error{ErrorCode::bad_config, "the endpoint of an S3 store needs http:// or https://",
        "Write it with its port, as in https://127.0.0.1:7481."};
  }
  if (config_.endpoint.find('@') != std::string::npos || config_.bucket.empty() ||
      config_.credentials.key_id.empty() || config_.credentials.secret.empty()) {
    throw Error{ErrorCode::bad_config, "an S3 store needs an endpoint, a bucket and credentials",
        "Credentials go into variables of the environment, never into the endpoint."};
  }
  if (config_.part_bytes < 5UL << 20U || config_.attempts == 0 || config_.page_keys == 0) {
    throw Error{ErrorCode::bad_config, "parts of an S3 object have at least 5 MiB",
        "The server refuses smaller ones."};
  }
  start_curl_once();
}

S3Client::~S3Client() = default;

S3Client::Handle S3Client::take_handle() {
  const std::lock_guard lock{mutex_};
  if (idle_.empty()) {
    Handle fresh{curl_easy_init()};
    if (fresh == nullptr) {
      throw Error{ErrorCode::internal, "libcurl gave no handle"};
    }
    return fresh;
  }
  Handle handle = std::move(idle_.back());
  idle_.pop_back();
  return handle;
}

void S3Client::give_back(Handle handle) {
  const std::lock_guard lock{mutex_};
  idle_.push_back(std::move(handle));
}

S3Answer S3Client::send(const S3Request& request) {
  const unsigned attempts = request.repeatable ? config_.attempts : 1;
  for (unsigned number = 1;; ++number) {
    Handle handle = take_handle();
    Attempt attempt{config_, request, handle.get()};
    const CURLcode code = attempt.send();
    if (code == CURLE_OK && attempt.answer.status < 500 && attempt.answer.status != 429) {
      S3Answer answer = std::move(attempt.answer);
      give_back(std::move(handle));
      return answer;
    }
    if (number == attempts || attempt.handed_out() || (code != CURLE_OK && !may_pass(code))) {
      const std::string what = code != CURLE_OK ? std::string{curl_easy_strerror(code)}
                                                : fmt::format("status {} {}", attempt.answer.status,
                                                      attempt.answer.complaint());
      throw Error{ErrorCode::store_unreachable,
          fmt::format("the store {} does not serve (attempt {}): {}", name_, number, lowered(what)),
          std::string{hint_for(code)}};
    }
    // Twice as long each time: a server that is starting gets a chance, a dead one costs little.
    const SteadyTime again = SteadyTime::now() + Milliseconds{100U << number};
    wait_until("the next attempt at an object store", Seconds{60}, [&] {
      return SteadyTime::now() < again ? std::optional<std::string>{"the pause"} : std::nullopt;
    });
  }
}

S3Answer S3Client::demand(const S3Request& request, const std::vector<long>& expected) {
  S3Answer answer = send(request);
  if ((answer.status >= 200 && answer.status < 300) ||
      std::find(expected.begin(), expected.end(), answer.status) != expected.end()) {
    return answer;
  }
  const std::string complaint = answer.complaint();
  if (complaint == "NoSuchBucket") {
    throw Error{ErrorCode::bad_config, fmt::format("the store {} has no such bucket", name_),
        "Make the bucket first, or look for a typing error in its name."};
  }
  throw Error{ErrorCode::store_refused,
      fmt::format("the store {} refused: status {} {}", name_, answer.status, complaint),
      std::string{hint_for_refusal(complaint)}};
}

}  // namespace pgrehearse
