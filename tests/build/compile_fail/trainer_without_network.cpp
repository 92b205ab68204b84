// expect: NETWORK of ctnn_add_trainer has to define this name, or TYPE
// flags: -Wfatal-errors
// That flag is how ctnn_add_trainer compiles it: C++ has no way to ask whether a name is declared.
#include <ctnn/core.hpp>

using Perceptron = ctnn::Sequential<ctnn::Input<1, 28, 28>, ctnn::Flatten, ctnn::Linear<10>>;

#define CTNN_NETWORK_HEADER <ctnn/core.hpp>
#include "../../../src/trainer/engine.cpp"
