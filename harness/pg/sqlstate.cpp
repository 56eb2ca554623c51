#include "harness/pg/sqlstate.hpp"

#include <algorithm>
#include <array>

namespace pgrehearse {
namespace {

struct Condition {
  std::string_view code;  // a class has two characters, a condition five
  std::string_view words;
};

constexpr std::array conditions = std::to_array<Condition>({
    {"08", "connection exception"},
    {"0A", "feature not supported"},
    {"0L", "invalid grantor"},
    {"0P", "invalid role specification"},
    {"21", "cardinality violation"},
    {"22", "data exception"},
    {"22001", "value too long for its type"},
    {"22003", "numeric value out of range"},
    {"22012", "division by zero"},
    {"22021", "character not in the repertoire"},
    {"22023", "invalid parameter value"},
    {"22P02", "invalid text representation"},
    {"23", "integrity constraint violation"},
    {"23502", "not-null violation"},
    {"23503", "foreign key violation"},
    {"23505", "unique violation"},
    {"23514", "check violation"},
    {"23P01", "exclusion violation"},
    {"24", "invalid cursor state"},
    {"25", "invalid transaction state"},
    {"25001", "a transaction is active"},
    {"25006", "read-only transaction"},
    {"25P02", "the transaction has already failed"},
    {"25P03", "idle-in-transaction timeout"},
    {"26", "invalid statement name"},
    {"27", "triggered data change violation"},
    {"28", "invalid authorization"},
    {"28P01", "invalid password"},
    {"2B", "dependent privileges exist"},
    {"2BP01", "dependent objects exist"},
    {"38", "external routine exception"},
    {"39", "external routine invocation exception"},
    {"3D", "no such database"},
    {"3F", "no such schema"},
    {"40", "transaction rollback"},
    {"40001", "serialization failure"},
    {"40003", "statement completion unknown"},
    {"40P01", "deadlock detected"},
    {"42", "syntax error or access rule violation"},
    {"42501", "insufficient privilege"},
    {"42601", "syntax error"},
    {"42701", "duplicate column"},
    {"42703", "no such column"},
    {"42704", "no such object"},
    {"42710", "duplicate object"},
    {"42804", "datatype mismatch"},
    {"42883", "no such function"},
    {"42P01", "no such table"},
    {"42P04", "duplicate database"},
    {"42P06", "duplicate schema"},
    {"42P07", "duplicate table"},
    {"44", "view check option violation"},
    {"53", "insufficient resources"},
    {"53100", "disk full"},
    {"53200", "out of memory"},
    {"53300", "too many connections"},
    {"54", "program limit exceeded"},
    {"55", "object not in the state needed"},
    {"55006", "object in use"},
    {"55P02", "parameter cannot be changed now"},
    {"55P03", "lock not available"},
    {"57", "operator intervention"},
    {"57014", "query canceled"},
    {"57P01", "ended by an administrator"},
    {"57P02", "ended by a crash of the server"},
    {"57P03", "cannot connect now"},
    {"57P04", "database dropped"},
    {"57P05", "idle-session timeout"},
    {"58", "system error"},
    {"58030", "i/o error"},
    {"58P01", "undefined file"},
    {"72", "snapshot too old"},
    {"F0", "configuration file error"},
    {"HV", "foreign data wrapper error"},
    {"P0", "PL/pgSQL error"},
    {"P0001", "raised by a function"},
    {"XX", "internal error of the server"},
    {"XX001", "data corrupted"},
    {"XX002", "index corrupted"},
});

}  // namespace

std::string_view condition_of(std::string_view sqlstate) {
  for (const std::string_view code : {sqlstate, sqlstate.substr(0, 2)}) {
    const auto found = std::find_if(conditions.begin(), conditions.end(),
        [&](const Condition& condition) { return condition.code == code; });
    if (found != conditions.end()) {
      return found->words;
    }
  }
  return "unknown condition";
}

}  // namespace pgrehearse
