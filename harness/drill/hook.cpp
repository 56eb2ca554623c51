#include "harness/drill/hook.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

// RFC 3986, section 2.1: everything but the unreserved letters.
std::string percent_encoded(std::string_view text, bool upper = true) {
  std::string encoded;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain =
        byte < 0x80 && (std::isalnum(byte) != 0 ||
                           std::string_view{"-._~"}.find(letter) != std::string_view::npos);
    encoded += plain   ? std::string(1, letter)
               : upper ? fmt::format("%{:02X}", byte)
                       : fmt::format("%{:02x}", byte);
  }
  return encoded;
}

// RFC 4648, section 4, without padding.
std::string base64(std::string_view text) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char letter : text) {
    bits = bits << 8U | static_cast<unsigned char>(letter);
    for (held += 8; held >= 6; held -= 6) {
      encoded += letters[bits >> (held - 6) & 63U];
    }
    bits &= 0xFFU;
  }
  if (held > 0) {
    encoded += letters[bits << (6 - held) & 63U];
  }
  return encoded;
}

// The letters of base64 that depend on `secret` alone when `before` bytes (0 to 2) stand before it
// in their group of three, whatever they and the bytes behind it are.
std::string base64_inside(std::string_view secret, std::size_t before) {
  const std::string encoded = base64(std::string(before, '\0') + std::string{secret});
  const std::size_t first = (before * 8 + 5) / 6;
  const std::size_t last = (before + secret.size()) * 8 / 6;
  return last > first ? encoded.substr(first, last - first) : std::string{};
}

void replace_all(std::string& text, std::string_view what) {
  if (what.empty()) {
    return;
  }
  constexpr std::string_view instead = "[redacted]";
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + instead.size())) {
    text.replace(at, what.size(), instead);
  }
}

// The command runs in another folder than the harness.
std::string from_anywhere(const std::filesystem::path& path) {
  return path.empty() ? "" : std::filesystem::absolute(path).string();
}

}  // namespace

std::vector<EnvVar> hook_environment(const HookContext& context) {
  const ConnectionSpec& connection = context.connection;
  std::vector<EnvVar> env{
      {"DATABASE_URL", database_url(connection)}, {"PGPASSWORD", connection.password}};
  const std::pair<const char*, std::string> plain[] = {
      {"PGHOST", connection.endpoint.host},
      {"PGPORT", fmt::format("{}", connection.endpoint.port)},
      {"PGUSER", connection.user},
      {"PGDATABASE", connection.database},
      {"PGAPPNAME", connection.application},
      {"PGREHEARSE_RUN_ID", context.run_id},
      {"PGREHEARSE_PHASE", context.phase},
      {"PGREHEARSE_SCENARIO", context.scenario},
      {"PGREHEARSE_MARKER", context.marker},
      {"PGREHEARSE_SCALE", fmt::format("{}", context.scale)},
      {"PGREHEARSE_SEED", fmt::format("{}", context.seed_number)},
      {"PGREHEARSE_ARTIFACTS", from_anywhere(context.artifacts)},
      {"PGREHEARSE_HEARTBEATS", from_anywhere(context.heartbeats)},
  };
  for (const auto& [name, value] : plain) {
    env.push_back({name, Secret{value}});
  }
  env.insert(env.end(), context.more.begin(), context.more.end());
  return env;
}

Secret database_url(const ConnectionSpec& connection) {
  const std::string& host = connection.endpoint.host;
  const std::string password =
      connection.password.empty() ? "" : ":" + percent_encoded(connection.password.reveal());
  return Secret{fmt::format("postgres://{}{}@{}:{}/{}", percent_encoded(connection.user), password,
      host.find(':') == std::string::npos ? host : "[" + host + "]", connection.endpoint.port,
      percent_encoded(connection.database))};
}

std::string scrubbed(std::string text, const ConnectionSpec& connection) {
  const std::string& password = connection.password.reveal();
  if (password.empty()) {
    return text;
  }
  std::vector<std::string> forms{database_url(connection).reveal(), password,
      percent_encoded(password), percent_encoded(password, false)};
  for (std::size_t before = 0; before < 3; ++before) {
    std::string inside = base64_inside(password, before);
    if (inside.size() < 4) {
      continue;  // too short to tell from any other text
    }
    forms.push_back(inside);
    std::replace(inside.begin(), inside.end(), '+', '-');
    std::replace(inside.begin(), inside.end(), '/', '_');
    forms.push_back(inside);
  }
  std::stable_sort(forms.begin(), forms.end(),
      [](const std::string& left, const std::string& right) { return left.size() > right.size(); });
  for (const std::string& form : forms) {
    replace_all(text, form);
  }
  return text;
}

Completed hook_outcome(const Command& command, const Subject& subject, const HookContext& context) {
  Program program{.argv = command.argv};
  program.env = hook_environment(context);
  program.cwd = subject.folder;
  program.deadline = command.deadline;
  Completed completed = run(program);
  completed.out = scrubbed(std::move(completed.out), context.connection);
  completed.err = scrubbed(std::move(completed.err), context.connection);
  return completed;
}

Completed run_hook(const Command& command, const Subject& subject, const HookContext& context) {
  Completed completed = hook_outcome(command, subject, context);
  if (completed.ok()) {
    return completed;
  }
  // What it wrote is not repeated: it may hold row values (psql's DETAIL) and secrets that only the
  // command knows.
  const std::string hint =
      "What it wrote to standard error is not repeated here, because it may hold values. Run the "
      "command by hand in the folder of drill.yaml with the environment that docs/drill-yaml.md "
      "lists.";
  const std::size_t lines = lines_of(completed.err).size();
  const std::string said = lines == 0 ? "nothing" : fmt::format("{} lines", lines);
  if (completed.timed_out) {
    throw Error{ErrorCode::timed_out,
        fmt::format("the {} command did not end within {}; it wrote {} to standard error",
            context.phase, text_of(command.deadline), said),
        hint};
  }
  throw Error{ErrorCode::program_failed,
      fmt::format("the {} command ended with status {}; it wrote {} to standard error",
          context.phase, completed.status, said),
      hint};
}

}  // namespace pgrehearse
