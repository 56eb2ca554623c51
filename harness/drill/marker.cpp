#include "harness/drill/marker.hpp"

#include <utility>

namespace pgrehearse {

Marker until_now(Marker marker) {
  marker.after = SteadyTime::now();
  marker.clients_went_on = true;
  return marker;
}

}  // namespace pgrehearse
