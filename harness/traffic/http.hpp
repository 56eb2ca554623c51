// Asks an application of this host, or tells a service elsewhere. libcurl lives behind this header;
// what a page means is not known here.
#pragma once

#include <optional>
#include <string>

#include "harness/base/time.hpp"

namespace pgrehearse {

struct HttpRequest {
  std::string url;                       ///< http://127.0.0.1:port/path
  std::optional<std::string> body = {};  ///< posted; without one the page is read
  bool put = false;                      ///< the body is put there, as plain text
  Milliseconds deadline = Seconds{10};
  bool outside = false;  ///< a service elsewhere: https too, and the proxies of the environment
};

struct HttpAnswer {
  long status = 0;
  std::string body = {};  ///< may hold row values: nobody may repeat it
};

/// Any status is an answer; a redirection is not followed, and no proxy is asked. Throws
/// Error{connection_lost} when there is none, or one of more than 1 MiB, and Error{interrupted}.
[[nodiscard]] HttpAnswer ask(const HttpRequest& request);

}  // namespace pgrehearse
