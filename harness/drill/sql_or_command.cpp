#include "harness/drill/sql_or_command.hpp"

#include <cctype>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"

namespace pgrehearse {
namespace {

bool continues_word(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return std::isalnum(byte) != 0 || letter == '_' || letter == '$' || byte >= 0x80;
}

void run_sql(
    Session& session, std::string_view sql, const std::string& name, const HookContext& context) {
  try {
    session.exec(with_numbers(sql, context.scale, context.seed_number));
  } catch (const QueryError& problem) {
    throw Error{ErrorCode::query_failed,
        fmt::format("{} {} failed with SQLSTATE {}", context.phase, name, problem.sqlstate()),
        "Nothing of this text was applied. Run it by hand after the migrations to see the server's "
        "message."};
  }
}

}  // namespace

std::string with_numbers(std::string_view sql, int scale, std::int64_t seed_number) {
  std::string result;
  result.reserve(sql.size());
  for (std::size_t at = 0; at < sql.size();) {
    std::string_view word = {};
    const bool begins =
        sql[at] == ':' && (at == 0 || (sql[at - 1] != ':' && !continues_word(sql[at - 1])));
    for (const std::string_view name : {std::string_view{":scale"}, std::string_view{":seed"}}) {
      const std::size_t end = at + name.size();
      if (begins && sql.substr(at).starts_with(name) &&
          (end == sql.size() || !continues_word(sql[end]))) {
        word = name;
      }
    }
    if (word.empty()) {
      result += sql[at++];
    } else {
      result += fmt::format("{}", word == ":scale" ? std::int64_t{scale} : seed_number);
      at += word.size();
    }
  }
  return result;
}

void apply(const SqlOrCommand& given, const Subject& subject, const HookContext& context) {
  if (given.command) {
    run_hook(*given.command, subject, context);
    return;
  }
  if (given.sql.empty() && given.files.empty()) {
    return;
  }
  Session session{context.connection};
  for (std::size_t i = 0; i < given.sql.size(); ++i) {
    run_sql(session, given.sql[i], fmt::format("text {}", i + 1), context);
  }
  for (const auto& file : given.files) {
    run_sql(session, read_file(subject.folder / file),
        fmt::format("file '{}'", file.filename().string()), context);
  }
}

}  // namespace pgrehearse
