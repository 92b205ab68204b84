// A user's program.

#include <cstdio>

#include <ctnn/ctnn.hpp>

#include "network.hpp"

using Net = user::Perceptron;

static_assert(Net::parameter_count == 7'850);

int main() { std::printf("%zu parameters\n", std::size_t{Net::parameter_count}); }
