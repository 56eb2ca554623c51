// The security breach on trial: a server that was never cut off, evidence that changed, a replay
// that brings the intruder back, credentials and keys that stayed. Every variant follows the same
// story, so these are tried once; security_breach_backups_sabotage.cpp has what is special to
// backups that are tainted or tampered with.
#include <fmt/format.h>

#include "harness/crypto/scram.hpp"
#include "tests/sabotage/security_breach_trial.hpp"

namespace pgrehearse {
namespace {

TEST_F(SecurityBreachSabotage, TheHealthyTwinIsGreen) {
  must_be_green(BrokenBreach{});
}

TEST_F(SecurityBreachSabotage, ServerThatWasNeverCutOff) {
  must_be_killed(BrokenBreach{.killed_by = {"isolated", "the compromised server can be reached"},
      .cut_off = [](Drill&, Source& source) { source.hold_clients(); }});
}

TEST_F(SecurityBreachSabotage, IntruderWhoNeverCame) {
  must_be_killed(BrokenBreach{.killed_by = {"intruder-noticed", "nothing"}, .tricks = {}});
}

TEST_F(SecurityBreachSabotage, ArchiveChangedDuringTheQuarantine) {
  must_be_killed(BrokenBreach{.killed_by = {"source-archive", "was changed"},
      .preserved = [](Breach& breach) { change_an_archived_file(*breach.source); }});
}

TEST_F(SecurityBreachSabotage, EvidenceThatSomebodyWroteTo) {
  must_be_killed(BrokenBreach{
      .killed_by = {"evidence", "files of the server changed"}, .preserved = [](Breach& breach) {
        Cluster& cluster = breach.source->cluster();
        put_file(cluster.instance(), cluster.data_path() + "/note", "seen");
      }});
}

TEST_F(SecurityBreachSabotage, EvidenceTamperedWithInTheVault) {
  must_be_killed(BrokenBreach{.killed_by = {"evidence", "the sealed copy is another"},
      .rotated = [](Restored&, Breach& breach) {
        tamper_with(breach.vault.as_stored(), breach.vault.store().list("evidence/").front().key);
      }});
}

TEST_F(SecurityBreachSabotage, ReplayPastTheBreakIn) {
  must_be_killed(BrokenBreach{.killed_by = {"intrusion-scan", "superuser, not in the baseline"},
      .restore = [](Drill& drill, Breach& breach) {
        return drill.restore_in_quarantine(breach.vault, breach.clean, Latest{});
      }});
}

TEST_F(SecurityBreachSabotage, WayBackThatWasOverlooked) {
  must_be_killed(BrokenBreach{.killed_by = {"intrusion-scan", "superuser, not in the baseline"},
      .restored = [](Restored& restored, Breach&) {
        restored.cluster.connect().exec("CREATE ROLE left_over SUPERUSER NOLOGIN");
      }});
}

TEST_F(SecurityBreachSabotage, ReplayThatStopsBeforeTheMarker) {
  must_be_killed(
      BrokenBreach{.killed_by = {"exact-set", "was acknowledged before the marker and is missing"},
          .restore = [](Drill& drill, Breach& breach) {
            return drill.restore_in_quarantine(breach.vault, breach.clean, Immediate{});
          }});
}

TEST_F(SecurityBreachSabotage, KeyThatStayed) {
  must_be_killed(BrokenBreach{
      .killed_by = {"backup-key-rotated", "the old key opens"}, .rotate_key = [](Vault&) {}});
}

// The files came back with the backup: TLS is turned on, and a new key was made, but is not there.
TEST_F(SecurityBreachSabotage, TlsKeyThatCameBackWithTheBackup) {
  must_be_killed(BrokenBreach{
      .killed_by = {"tls-key-rotated", "the server proves itself with the key of before"},
      .rotate_tls = [](Restored& restored, Breach&) {
        add_tls_settings(restored.settings);
        restored.cluster.write_settings(restored.settings);
        restored.cluster.reload();
        return make_tls_key();
      }});
}

TEST_F(SecurityBreachSabotage, NewCertificateForTheStolenTlsKey) {
  must_be_killed(BrokenBreach{
      .killed_by = {"tls-key-rotated", "the server proves itself with the key of before"},
      .rotate_tls = [](Restored& restored, Breach& breach) {
        TlsKey renewed = with_new_certificate(breach.source->tls_key());
        serve_tls(restored.cluster, restored.settings, renewed.private_key, renewed.certificate);
        return renewed;
      }});
}

TEST_F(SecurityBreachSabotage, RoleThatGotItsOldPasswordBack) {
  must_be_killed(
      BrokenBreach{.killed_by = {"credentials-rotated", "is let in with its old credential"},
          .rotated = [](Restored& restored, Breach& breach) {
            const Credentials old = breach.source->credentials();
            const auto& [role, password] = *old.begin();
            Session session = restored.cluster.connect();
            session.exec(fmt::format("ALTER ROLE {} PASSWORD {}", identifier(role),
                literal(scram_sha_256_verifier(password))));
          }});
}

}  // namespace
}  // namespace pgrehearse
