#include "harness/traffic/http.hpp"

#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/process/interrupt.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t most_bytes = 1UL << 20U;

// No exception may pass through libcurl.
std::size_t on_bytes(char* bytes, std::size_t, std::size_t count, void* body) noexcept {
  auto& text = *static_cast<std::string*>(body);
  if (text.size() + count > most_bytes) {
    return 0;
  }
  text.append(bytes, count);
  return count;
}

int on_progress(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  try {
    throw_if_interrupted();
    return 0;
  } catch (const std::exception&) {
    return 1;
  }
}

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  if (curl_easy_setopt(handle, option, value) != CURLE_OK) {
    throw Error{ErrorCode::internal,
        fmt::format("libcurl refused its option {}", static_cast<int>(option))};
  }
}

const char* content_type_of(const HttpRequest& request) {
  if (request.put) {
    return "Content-Type: text/plain; charset=utf-8";
  }
  const bool json = request.body->starts_with('{') || request.body->starts_with('[');
  return json ? "Content-Type: application/json"
              : "Content-Type: application/x-www-form-urlencoded";
}

}  // namespace

HttpAnswer ask(const HttpRequest& request) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, void (*)(CURL*)> handle{curl_easy_init(), curl_easy_cleanup};
  if (started != CURLE_OK || handle == nullptr) {
    throw Error{ErrorCode::internal, "libcurl cannot be started"};
  }
  HttpAnswer answer;
  CURL* const curl = handle.get();
  set(curl, CURLOPT_URL, request.url.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, request.outside ? "http,https" : "http");
  if (!request.outside) {
    set(curl, CURLOPT_NOPROXY, "*");
  }
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_USERAGENT, "pgrehearse");
  set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.deadline.count()));
  set(curl, CURLOPT_NOPROGRESS, 0L);
  set(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(curl, CURLOPT_WRITEFUNCTION, &on_bytes);
  set(curl, CURLOPT_WRITEDATA, &answer.body);
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers{nullptr, curl_slist_free_all};
  if (request.body.has_value()) {
    headers.reset(curl_slist_append(nullptr, content_type_of(request)));
    if (request.put) {
      set(curl, CURLOPT_CUSTOMREQUEST, "PUT");
    }
    set(curl, CURLOPT_HTTPHEADER, headers.get());
    set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    set(curl, CURLOPT_POSTFIELDS, request.body->c_str());
  }
  const CURLcode code = curl_easy_perform(curl);
  throw_if_interrupted();
  if (code != CURLE_OK) {
    throw Error{ErrorCode::connection_lost,
        code == CURLE_WRITE_ERROR
            ? std::string{"the application's answer is larger than 1 MiB"}
            : fmt::format("the application gave no answer: {}", curl_easy_strerror(code)),
        "Is it still running, and does it listen on the port in PORT?"};
  }
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

}  // namespace pgrehearse
