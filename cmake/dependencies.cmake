# What the headers include; ctnn-config.cmake.in looks for the same. Tests, tools and benchmarks
# find what they alone need.
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR}) # FindRandom123

find_package(Boost 1.74 REQUIRED CONFIG)
find_package(Random123 REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
# Not `xsimd 8.1`: each major version says that it is compatible with itself alone, and 8 to 14 will do.
find_package(xsimd REQUIRED)
if(xsimd_VERSION VERSION_LESS 8.1)
  message(FATAL_ERROR "xsimd ${xsimd_VERSION} in ${xsimd_DIR}, expected 8.1 or later")
endif()
find_package(xtensor 0.24 REQUIRED)
