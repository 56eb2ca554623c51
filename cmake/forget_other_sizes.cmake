# Read by ctest when it starts: removes the lists of cases in the folder `lists` when they were made with another
# PGREHEARSE_TEST_SIZE than today's, so that they are made again.
set(size_of_lists "")
if(EXISTS "${lists}/size-of-lists.txt")
  file(READ "${lists}/size-of-lists.txt" size_of_lists)
endif()
if(NOT "$ENV{PGREHEARSE_TEST_SIZE}" STREQUAL "${size_of_lists}")
  file(GLOB stale "${lists}/*[[]*]_tests.cmake")
  foreach(list IN LISTS stale)
    file(REMOVE "${list}")
  endforeach()
  file(WRITE "${lists}/size-of-lists.txt" "$ENV{PGREHEARSE_TEST_SIZE}")
endif()
