#include "harness/runbook/shell_text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <regex>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/runbook/shell_scanner.hpp"

namespace pgrehearse {
namespace {

template <std::size_t Count>
bool has(const std::array<std::string_view, Count>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 5> asking{"if", "elif", "while", "until", "!"};
constexpr std::array<std::string_view, 6> leading{"then", "else", "do", "{", "time", "exec"};
constexpr std::array<std::string_view, 5> closing{"fi", "done", "}", "esac", "]]"};
constexpr std::array<std::string_view, 5> shells{"sh", "bash", "dash", "zsh", "ksh"};
constexpr std::array<std::string_view, 10> runners{
    "sudo", "doas", "env", "nohup", "command", "nice", "timeout", "gosu", "time", "exec"};
constexpr std::array<std::string_view, 9> elsewhere{
    "docker", "podman", "docker-compose", "kubectl", "oc", "ssh", "su", "runuser", "nsenter"};

constexpr int deepest = 8;  // scripts within scripts: no person writes more

std::string base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string{slash == std::string_view::npos ? path : path.substr(slash + 1)};
}

bool is_assignment(const std::string& word) {
  static const std::regex begin{R"(^[A-Za-z_]\w*\+?=)"};
  return std::regex_search(word, begin, std::regex_constants::match_continuous);
}

bool is_of_interest(const std::string& name) {
  return name == "psql" || name.starts_with("pg_") || name == "createdb" || name == "dropdb" ||
         name == "rm" || name == "gunzip" || name == "cat" || has(shells, name);
}

// sudo -u postgres, timeout 10, nice -n 5
std::size_t behind_runner(const std::vector<std::string>& words, std::size_t at) {
  const std::string name = base_name(words[at]);
  bool takes_one = name == "timeout" || name == "gosu";
  for (++at; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word == "-u" || word == "-g" || word == "-n" || word == "--user") {
      ++at;
    } else if (!word.starts_with('-') && !is_assignment(word) && !std::exchange(takes_one, false)) {
      return at;
    }
  }
  return words.size();
}

std::size_t program_at(const std::vector<std::string>& words) {
  std::size_t at = 0;
  while (at < words.size() && has(runners, base_name(words[at]))) {
    at = behind_runner(words, at);
  }
  if (at < words.size() && has(elsewhere, base_name(words[at]))) {
    for (std::size_t inside = at + 1; inside < words.size(); ++inside) {
      if (is_of_interest(base_name(words[inside]))) {
        return inside;
      }
    }
  }
  return at;
}

// What the command hands to a shell: `sh -c SCRIPT`, `su - postgres -c SCRIPT`, `ssh host SCRIPT`.
std::optional<std::string> script_given_by(const ShellCommand& command) {
  const std::string program = program_of(command);
  const std::vector<std::string> words = arguments_of(command);
  const bool takes_script =
      has(shells, program) || program == "su" || program == "runuser" || program == "ssh";
  for (std::size_t at = 0; takes_script && at + 1 < words.size(); ++at) {
    if (words[at].starts_with('-') && words[at].ends_with('c')) {
      return words[at + 1];
    }
  }
  if (program == "ssh" && words.size() > 1 && words.back().find(' ') != std::string::npos) {
    return words.back();
  }
  return std::nullopt;
}

struct Options {
  bool nounset = false;
  bool pipefail = false;

  void heed(const std::vector<std::string>& words) {
    for (std::size_t at = 0; at < words.size(); ++at) {
      const std::string& word = words[at];
      const bool on = word.starts_with('-');
      if (word.size() < 2 || (!on && !word.starts_with('+')) || word.starts_with("--")) {
        continue;
      }
      if (word.find('u') != std::string::npos) {
        nounset = on;
      }
      if (word.find('o') != std::string::npos && at + 1 < words.size()) {
        const std::string& name = words[++at];
        pipefail = name == "pipefail" ? on : pipefail;
        nounset = name == "nounset" ? on : nounset;
      }
    }
  }
};

class Parser {
 public:
  Parser(const std::vector<TextLine>& lines, Options options, int depth)
      : scanner_(lines), options_(options), depth_(depth) {}

  std::vector<ShellCommand> parsed() {
    for (ShellToken token = scanner_.next(); token.kind != TokenKind::end;
         token = scanner_.next()) {
      take(token);
    }
    end_command("\n");
    return std::move(commands_);
  }

 private:
  void take(const ShellToken& token) {
    switch (token.kind) {
      case TokenKind::word:
        take_word(token);
        break;
      case TokenKind::redirection:
        take_redirection(token);
        break;
      case TokenKind::new_line:
        read_here_documents();
        end_command("\n");
        break;
      default:
        end_command(token.text);
        break;
    }
  }

  void take_word(const ShellToken& token) {
    if (current_.line == 0) {
      current_.line = token.line;
    }
    nested_.insert(nested_.end(), token.nested.begin(), token.nested.end());
    const bool first = current_.words.empty();
    if (first && !token.quoted && has(asking, token.text)) {
      asked_ = true;
      return;
    }
    if (first && !token.quoted && has(leading, token.text)) {
      asked_ = asked_ && token.text != "then" && token.text != "do";
      // What is in a group is not itself what runs instead.
      before_ = token.text == "{" && before_ == "||" ? "{" : before_;
      return;
    }
    if (first && !token.quoted && has(closing, token.text)) {
      return;
    }
    if (first && is_assignment(token.text)) {
      current_.assignments.push_back(token.text);
    } else {
      current_.words.push_back(token.text);
    }
  }

  void take_redirection(const ShellToken& token) {
    const ShellToken target = scanner_.next();
    if (target.kind == TokenKind::word) {
      nested_.insert(nested_.end(), target.nested.begin(), target.nested.end());
      current_.redirections.push_back({token.text, target.text});
      if (token.text == "<<" || token.text == "<<-") {
        here_ends_.push_back({target.text, std::nullopt});
      }
    } else {
      take(target);
    }
  }

  void read_here_documents() {
    for (const auto& [end, ended] : std::exchange(here_ends_, {})) {
      ShellCommand& command = ended ? commands_[*ended] : current_;
      command.here_document = scanner_.here_document(end);
    }
  }

  void end_command(const std::string& by) {
    const bool told =
        !current_.words.empty() || !current_.assignments.empty() || !current_.redirections.empty();
    if (told) {
      current_.before = before_;
      current_.asked = asked_;
      current_.pipes = by == "|" || by == "|&";
      current_.nounset = options_.nounset;
      current_.pipefail = options_.pipefail;
      for (auto& [end, ended] : here_ends_) {
        ended = ended ? ended : commands_.size();
      }
      finish(std::exchange(current_, {}));
    }
    const bool begins_group = by == "(" && !told && before_.starts_with('|') && before_ != "||";
    if ((told || by != "\n") && !begins_group) {
      before_ = by;
    }
    asked_ = asked_ && by != "\n" && by != ";";
  }

  void finish(ShellCommand command) {
    if (!command.words.empty() && command.words.front() == "set") {
      options_.heed({command.words.begin() + 1, command.words.end()});
    }
    const std::optional<std::string> script = script_given_by(command);
    const bool fed = has(shells, program_of(command)) || program_of(command) == "ssh";
    Options inner = options_;
    inner.heed(arguments_of(command));
    const int line = command.line;
    const std::vector<TextLine> body =
        fed && !script ? command.here_document : std::vector<TextLine>{};
    commands_.push_back(std::move(command));
    if (script) {
      add_nested({{line, *script}}, inner);
    }
    add_nested(body, inner);
    for (const std::string& text : std::exchange(nested_, {})) {
      add_nested({{line, text}}, options_);
    }
  }

  void add_nested(const std::vector<TextLine>& lines, Options options) {
    if (lines.empty() || depth_ == deepest) {
      return;
    }
    std::vector<ShellCommand> nested = Parser{lines, options, depth_ + 1}.parsed();
    std::move(nested.begin(), nested.end(), std::back_inserter(commands_));
  }

  ShellScanner scanner_;
  Options options_;
  int depth_;
  ShellCommand current_;
  std::vector<std::string> nested_;
  /// Here-documents begin on the next line, when their command may have ended: then with its place.
  std::vector<std::pair<std::string, std::optional<std::size_t>>> here_ends_;
  std::string before_ = "\n";
  bool asked_ = false;
  std::vector<ShellCommand> commands_;
};

}  // namespace

std::vector<ShellCommand> shell_commands(const std::vector<TextLine>& lines) {
  return Parser{lines, {}, 0}.parsed();
}

std::string program_of(const ShellCommand& command) {
  const std::size_t at = program_at(command.words);
  return at < command.words.size() ? base_name(command.words[at]) : std::string{};
}

std::vector<std::string> arguments_of(const ShellCommand& command) {
  const std::size_t at = program_at(command.words);
  return at < command.words.size()
             ? std::vector<std::string>(
                   command.words.begin() + static_cast<std::ptrdiff_t>(at) + 1, command.words.end())
             : std::vector<std::string>{};
}

}  // namespace pgrehearse
