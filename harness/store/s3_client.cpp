#include "harness/store/s3_client.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/process/spawn.hpp"
#include "harness/process/wait.hpp"
#include "harness/store/object_key.hpp"
#include "harness/store/s3_attempt.hpp"

namespace pgrehearse {
namespace {

void start_curl_once() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) {
    throw Error{ErrorCode::internal, "libcurl cannot be started"};
  }
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
  return s3_credentials_from_environment(key_id_variable, secret_variable, "");
}

S3Credentials s3_credentials_from_environment(const std::string& key_id_variable,
    const std::string& secret_variable, const std::string& token_variable) {
  const auto value_of = [](const std::string& variable) {
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0') {
      throw Error{ErrorCode::bad_config, "this variable must hold credentials of an object store",
          "Export it for the run; nothing of it is written anywhere.", variable};
    }
    withhold_from_children(variable);
    return std::string{value};
  };
  S3Credentials credentials{
      .key_id = value_of(key_id_variable), .secret = Secret{value_of(secret_variable)}};
  const char* const token = std::getenv(token_variable.c_str());
  if (token != nullptr && *token != '\0') {
    credentials.token = Secret{value_of(token_variable)};
  }
  return credentials;
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
  constexpr std::size_t most_bytes_of_prefix = 120;
  if (config_.prefix.size() > most_bytes_of_prefix || config_.prefix.ends_with('/')) {
    throw Error{ErrorCode::bad_config,
        "the prefix of an S3 store is longer than 120 bytes, or ends with a slash",
        "Keys are below it: it is parts with a slash between them."};
  }
  demand_prefix(config_.prefix);
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
    S3Attempt attempt{config_, request, handle.get()};
    requests_ += 1;
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
