// The server of the pg tests, for the tests of this floor: each folder of tests links its own
// sources only.
#include "tests/unit/pg/private_server.cpp"
