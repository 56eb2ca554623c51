// intrusion-scan and credentials-rotated: nobody left a way in, and no way in of before works.
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/drill/questions.hpp"
#include "harness/pg/login.hpp"

namespace pgrehearse {
namespace {

std::vector<Finding> ask_scan(
    Restored& restored, const IntrusionBaseline& baseline, const ScanOptions& options) {
  const std::vector<IntrusionFinding> found =
      scan_for_intrusion([&](const std::string& name) { return restored.cluster.connect(name); },
          restored.cluster.instance(), baseline, options);
  Finding finding{.check = "intrusion-scan",
      .question = "is there anything that an intruder may have left?",
      .expected = fmt::format("nothing but the {} things of the trusted baseline, by {} rules",
          baseline.rows.size(), intrusion_rule_ids().size()),
      .observed = found.empty() ? "nothing" : fmt::format("{} findings", found.size()),
      .verdict = found.empty() ? Verdict::met : Verdict::missed};
  for (const IntrusionFinding& one : found) {
    add_details(finding,
        {fmt::format(
            "{}{}{}: {}:", one.rule, one.database.empty() ? "" : " in ", one.database, one.object)},
        one.what);
  }
  return {finding};
}

// Collects what speaks against the rotation, and what could not be found out.
class Doubts {
 public:
  Doubts(Restored& restored, Finding& finding) : restored_(restored), finding_(finding) {}

  void wrong(const std::string& name, std::string_view what) {
    add_details(finding_, {name}, what);
    wrong_ = true;
  }
  // True when the server said what it had to say.
  bool expect_refused(const std::string& role, const Secret& password, std::string_view wrongly) {
    const LoginAnswer answer = attempt(role, password);
    if (answer.authenticated()) {
      wrong(role, wrongly);
    } else if (!answer.refused()) {
      not_told(role, answer);
    }
    return answer.refused();
  }
  bool expect_accepted(const std::string& role, const Secret& password) {
    const LoginAnswer answer = attempt(role, password);
    if (answer.refused()) {
      wrong(role, "is refused with its new credential");
    } else if (!answer.authenticated()) {
      not_told(role, answer);
    }
    return answer.authenticated();
  }
  [[nodiscard]] Verdict verdict() const {
    return wrong_ ? Verdict::missed : untold_ ? Verdict::unknown : Verdict::met;
  }

 private:
  [[nodiscard]] LoginAnswer attempt(const std::string& role, const Secret& password) const {
    ConnectionSpec spec = restored_.cluster.connection();
    spec.user = role;
    spec.password = password;
    return try_login(spec);
  }
  void not_told(const std::string& role, const LoginAnswer& answer) {
    add_details(finding_, {role}, "was answered with SQLSTATE " + answer.sqlstate);
    untold_ = true;
  }

  Restored& restored_;
  Finding& finding_;
  bool wrong_ = false;
  bool untold_ = false;
};

// trust, peer and ident ask for nothing that a rotation changes.
void look_at_rules_of_access(Session& session, Doubts& doubts) {
  for (const Row& row : session.exec(
           "SELECT line_number, auth_method FROM pg_catalog.pg_hba_file_rules() WHERE error IS NOT "
           "NULL OR auth_method IN ('trust', 'peer', 'ident')")) {
    doubts.wrong(fmt::format("line {} of pg_hba.conf", row[0].value_or("?")),
        fmt::format("asks for no credential ({})", row[1].value_or("it cannot be read")));
  }
}

std::vector<Finding> ask_rotation(Restored& restored, const Rotation& rotation,
    const IntrusionBaseline& before, const Credentials& old) {
  const auto connect = [&](const std::string& name) { return restored.cluster.connect(name); };
  Finding finding{.check = "credentials-rotated",
      .question = "is every old credential refused, and every new one good?",
      .expected = "old ones: 28P01 or 28000; new verifiers and logins for all; no old session"};
  Doubts doubts{restored, finding};
  std::size_t refused = 0;
  for (const auto& [role, password] : old) {
    refused += doubts.expect_refused(role, password, "is let in with its old credential") ? 1 : 0;
  }
  Session session = connect("postgres");
  session.exec("SET ROLE NONE; SET search_path = pg_catalog, pg_temp");
  std::size_t accepted = 0;
  for (const Row& row :
      session.exec("SELECT rolname FROM pg_catalog.pg_authid WHERE rolcanlogin AND (rolvaliduntil "
                   "IS NULL OR rolvaliduntil > pg_catalog.clock_timestamp())")) {
    const std::string& role = row[0].value();
    const auto fresh = rotation.credentials.find(role);
    if (fresh == rotation.credentials.end()) {
      doubts.wrong(role, "has no new credential");
    } else {
      accepted += doubts.expect_accepted(role, fresh->second) ? 1 : 0;
    }
    doubts.expect_refused(role, Secret::random(), "is let in with a credential that never was");
  }
  for (const std::string& role : roles_with_old_verifiers(connect, before)) {
    doubts.wrong(role, "has the verifier of before");
  }
  look_at_rules_of_access(session, doubts);
  const std::string left = session.value("SELECT count(*) FROM " + sessions_before(rotation.done));
  if (left != "0") {
    doubts.wrong(left, "sessions of before are left");
  }
  finding.observed =
      fmt::format("{} of {} old ones refused, {} new ones good, {} old sessions ended, {} left",
          refused, old.size(), accepted, rotation.sessions_ended, left);
  // Without one old credential that was tried, nothing has been seen to be refused.
  finding.verdict =
      old.empty() && doubts.verdict() == Verdict::met ? Verdict::unknown : doubts.verdict();
  return {finding};
}

}  // namespace

Question shows_no_trace_of_intrusion(
    const IntrusionBaseline& baseline, const ScanOptions& options) {
  return {.check = "intrusion-scan",
      .sentence = "is there anything that an intruder may have left?",
      .ask = [&baseline, options](
                 Restored& restored) { return ask_scan(restored, baseline, options); }};
}

Question has_rotated_credentials(
    const Rotation& rotation, const IntrusionBaseline& before, Credentials old) {
  return {.check = "credentials-rotated",
      .sentence = "is every old credential refused, and every new one good?",
      .ask = [&rotation, &before, old = std::move(old)](
                 Restored& restored) { return ask_rotation(restored, rotation, before, old); }};
}

}  // namespace pgrehearse
