#include "harness/check/intrusion_compare.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/check/intrusion_files.hpp"

namespace pgrehearse {
namespace {

using Rules = std::map<std::pair<std::string, RuleScope>, const IntrusionRule*>;

// Another state of the same thing is among the rows, which are sorted.
bool names(const std::vector<IntrusionRow>& rows, const IntrusionRow& row) {
  const auto first = std::lower_bound(
      rows.begin(), rows.end(), IntrusionRow{row.rule, row.database, row.object, ""});
  return first != rows.end() && first->rule == row.rule && first->database == row.database &&
         first->object == row.object;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Judgement {
 public:
  explicit Judgement(RulePhase phase) {
    for (const auto& rules :
        {cluster_intrusion_rules(), code_intrusion_rules(), data_intrusion_rules()}) {
      for (const IntrusionRule& rule : rules) {
        if (rule.phase == RulePhase::always || rule.phase == phase) {
          rules_.emplace(std::pair{std::string{rule.id}, rule.scope}, &rule);
        }
      }
    }
    for (const FileRule& rule : file_intrusion_rules()) {
      files_.emplace(rule.id, rule.sentence);
    }
  }

  [[nodiscard]] RuleSides sides_of(const IntrusionRow& row) const {
    const IntrusionRule* const rule = rule_of(row);
    return rule == nullptr ? RuleSides::extra : rule->sides;
  }
  void find(const IntrusionRow& row, const char* how) {
    const IntrusionRule* const rule = rule_of(row);
    const auto file = files_.find(row.rule);
    const std::string sentence{rule != nullptr        ? rule->sentence
                               : file != files_.end() ? file->second
                                                      : std::string_view{"thing"}};
    found_.insert({row.rule, row.database, row.object, fmt::format("{}, {}", sentence, how)});
  }
  [[nodiscard]] std::vector<IntrusionFinding> findings() const {
    return {found_.begin(), found_.end()};
  }

 private:
  [[nodiscard]] const IntrusionRule* rule_of(const IntrusionRow& row) const {
    const auto rule =
        rules_.find({row.rule, row.database.empty() ? RuleScope::cluster : RuleScope::database});
    return rule == rules_.end() ? nullptr : rule->second;
  }

  Rules rules_;
  std::map<std::string, std::string_view, std::less<>> files_;
  std::set<IntrusionFinding> found_;
};

// The baseline's rows that this sight can be held against.
std::vector<IntrusionRow> expected_rows(const IntrusionBaseline& baseline,
    const std::vector<IntrusionRow>& own, const IntrusionSight& sight) {
  std::vector<IntrusionRow> expected = own;
  for (const IntrusionRow& row : baseline.rows) {
    if (row.database.empty() || has(sight.databases, row.database)) {
      expected.push_back(row);
    }
    if (row.database == "template1") {
      for (const std::string& database : sight.databases) {
        if (!has(baseline.databases, database)) {
          expected.push_back({row.rule, database, row.object, row.digest});
        }
      }
    }
  }
  std::sort(expected.begin(), expected.end());
  return expected;
}

std::vector<IntrusionRow> without(
    const std::vector<IntrusionRow>& from, const std::vector<IntrusionRow>& these) {
  std::vector<IntrusionRow> left;
  std::set_difference(
      from.begin(), from.end(), these.begin(), these.end(), std::back_inserter(left));
  return left;
}

}  // namespace

std::vector<IntrusionFinding> compare(const IntrusionBaseline& baseline,
    const std::vector<IntrusionRow>& own, const IntrusionSight& sight, RulePhase phase) {
  Judgement judgement{phase};
  const std::vector<IntrusionRow> expected = expected_rows(baseline, own, sight);
  for (const IntrusionRow& row : without(sight.rows, expected)) {
    if (judgement.sides_of(row) != RuleSides::same) {
      judgement.find(
          row, names(expected, row) ? "other than in the baseline" : "not in the baseline");
    }
  }
  for (const IntrusionRow& row : without(expected, sight.rows)) {
    const bool may_be_less = !row.database.empty() && !has(baseline.databases, row.database);
    if (judgement.sides_of(row) == RuleSides::both && !may_be_less) {
      judgement.find(
          row, names(sight.rows, row) ? "other than in the baseline" : "gone since the baseline");
    }
  }
  for (const IntrusionRow& row : sight.rows) {
    if (judgement.sides_of(row) == RuleSides::same &&
        std::binary_search(expected.begin(), expected.end(), row)) {
      judgement.find(row, "as in the baseline");
    }
  }
  return judgement.findings();
}

}  // namespace pgrehearse
