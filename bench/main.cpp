#include "driver.hpp"

int main(int argc, char** argv) { return ctnn::bench::run_benchmarks(argc, argv); }
