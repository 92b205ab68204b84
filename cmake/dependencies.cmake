# What the headers include; ctnn-config.cmake.in looks for the same. Tests, tools and benchmarks
# find what they alone need.
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR}) # FindRandom123

find_package(Boost 1.74 REQUIRED CONFIG)
find_package(Random123 REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(xsimd 8.1 REQUIRED)
find_package(xtensor 0.24 REQUIRED)
