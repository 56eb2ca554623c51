#include "harness/pg/connection_target.hpp"

#include <charconv>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include <libpq-fe.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;
using Values = std::map<std::string, std::string>;

Values values_in(const PQconninfoOption* options) {
  Values values;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val != nullptr && *option->val != '\0') {
      values[option->keyword] = option->val;
    }
  }
  return values;
}

Values given_in(const std::string& conninfo) {
  char* complaint = nullptr;
  const Options options{PQconninfoParse(conninfo.c_str(), &complaint)};
  PQfreemem(complaint);
  if (!options) {
    throw Error{ErrorCode::bad_value, "the connection string cannot be read",
        "Write it as libpq does: \"host=db port=5432 dbname=shop user=reader\" or "
        "postgresql://reader@db:5432/shop."};
  }
  return values_in(options.get());
}

/// One environment variable, for the time that libpq is asked.
class Lent {
 public:
  Lent(const char* name, const std::optional<std::string>& value) : name_(name) {
    const char* before = std::getenv(name);
    before_ = before == nullptr ? std::nullopt : std::optional<std::string>{before};
    if (value) {
      ::setenv(name, value->c_str(), 1);
    }
  }
  ~Lent() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

Values defaults_with(const std::optional<std::string>& service) {
  const Lent lent{"PGSERVICE", service};
  const Options options{PQconndefaults()};
  if (!options) {
    throw Error{ErrorCode::internal, "libpq cannot tell its defaults", {}};
  }
  Values values = values_in(options.get());
  values.erase("service");
  return values;
}

// What libpq would take where the text says nothing: of the service first, then the environment. It
// does not say that a service is nowhere defined: then nothing comes of it.
Values defaults_for(const Values& given) {
  const auto service = given.find("service");
  if (service == given.end()) {
    return defaults_with(std::nullopt);
  }
  Values values = defaults_with(service->second);
  if (values == defaults_with("pgrehearse: no service has this name")) {
    throw Error{ErrorCode::bad_value, "the connection's service is not defined",
        "Look for its name in ~/.pg_service.conf, PGSERVICEFILE and PGSYSCONFDIR."};
  }
  return values;
}

std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= list.size()) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    parts.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace

ConnectionTarget connection_target(const std::string& conninfo) {
  const Values given = given_in(conninfo);
  Values values = defaults_for(given);
  for (const auto& [keyword, value] : given) {
    values[keyword] = value;
  }
  static const std::set<std::string> secrets{"password", "sslpassword"};
  ConnectionTarget target{.password_in_text = given.contains("password")};
  for (const auto& [keyword, value] : values) {
    if (!secrets.contains(keyword)) {
      target.words.push_back({keyword, value});
    }
  }
  const auto value_of = [&](const char* keyword, const std::string& otherwise) {
    const auto found = values.find(keyword);
    return found == values.end() ? otherwise : found->second;
  };
  for (const char* keyword : {"hostaddr", "host"}) {
    for (const std::string& host : parts_of(value_of(keyword, ""))) {
      if (!host.empty()) {
        target.hosts.push_back(host);
      }
    }
  }
  const std::string counted = value_of("hostaddr", value_of("host", ""));
  target.servers = parts_of(counted).size();
  ConnectionSpec& spec = target.connection;
  spec.endpoint.host = target.hosts.empty() ? "/var/run/postgresql" : target.hosts.front();
  const std::string port = parts_of(value_of("port", "5432")).front();
  std::from_chars(port.data(), port.data() + port.size(), spec.endpoint.port);
  spec.user = value_of("user", "postgres");
  spec.database = value_of("dbname", spec.user);
  spec.password = Secret{value_of("password", "")};
  return target;
}

}  // namespace pgrehearse
