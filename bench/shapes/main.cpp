// ctnn_shapes: networks of many shapes, a training step of 128 or 32 images on two threads. With
// --describe it prints the networks as JSON instead, for the rival to build the same.

#include <cstdio>
#include <string_view>

#include "../driver.hpp"
#include "list.hpp"

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--describe") {
    std::puts(ctnn::bench::shapes().dump().c_str());
    return 0;
  }
  return ctnn::bench::run_benchmarks(argc, argv);
}
