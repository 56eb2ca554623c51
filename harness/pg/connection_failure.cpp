#include "harness/pg/connection_failure.hpp"

#include <array>

namespace pgrehearse {
namespace {

struct Known {
  std::string_view part;
  ConnectionFailure failure;
};

constexpr ConnectionFailure starting{
    "the database is starting up", "Wait until recovery has ended."};
constexpr ConnectionFailure stopping{
    "the database is shutting down", "Who stopped the server? Its log names the signal."};
constexpr ConnectionFailure authentication{
    "authentication failed", "Are role, password and pg_hba.conf those of this cluster?"};
constexpr ConnectionFailure too_many{
    "too many connections", "Compare max_connections with the sessions that are open."};
constexpr ConnectionFailure timed_out{
    "timed out", "Is the instance alive, and does its port reach the server?"};

// What the server says comes first: its text may follow a line on an address that was tried before.
constexpr std::array known = std::to_array<Known>({
    {"the database system is starting up", starting},
    {"the database system is not yet accepting connections", starting},
    {"the database system is not accepting connections", starting},
    {"the database system is in recovery mode", starting},
    {"the database system is shutting down", stopping},
    {"too many clients already", too_many},
    {"remaining connection slots are reserved", too_many},
    {"too many connections for", too_many},
    {"authentication failed", authentication},
    {"no password supplied", authentication},
    {"no pg_hba.conf entry", authentication},
    {"pg_hba.conf rejects connection", authentication},
    {"is not permitted to log in", {"the role may not log in", "Give the role LOGIN."}},
    {"permission denied for database", authentication},
    {"FATAL:  role ", authentication},
    {"is not currently accepting connections",
        {"the database does not allow connections", "Look at datallowconn of this database."}},
    {"FATAL:  database ",
        {"no such database", "Was the database restored under the name that was asked for?"}},
    {"timeout expired", timed_out},
    {"Connection timed out", timed_out},
    {"Connection refused",
        {"refused: nothing listens there", "Is the server running? Read the end of its log."}},
    {"server closed the connection unexpectedly",
        {"the server closed the connection", "Did the server die? Read the end of its log."}},
    {"Connection reset by peer",
        {"the server closed the connection", "Did the server die? Read the end of its log."}},
    {"could not translate host name",
        {"the host name is not known", "An instance is reached on the loopback, by number."}},
    {"No such file or directory",
        {"no socket there", "Is the server running? Read the end of its log."}},
    {"Network is unreachable", {"the network is unreachable", "Is the instance's network up?"}},
    {"No route to host", {"the network is unreachable", "Is the instance's network up?"}},
});

}  // namespace

ConnectionFailure connection_failure_of(std::string_view driver_text) {
  for (const Known& entry : known) {
    if (driver_text.find(entry.part) != std::string_view::npos) {
      return entry.failure;
    }
  }
  return {"for a reason that is withheld: the driver's text may quote a secret",
      "Read the end of the server's log."};
}

}  // namespace pgrehearse
