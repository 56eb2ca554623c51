#include "tests/sabotage/oracle.hpp"

namespace pgrehearse {

std::vector<Finding> heard(std::vector<Finding> findings) {
  return findings;
}

}  // namespace pgrehearse
