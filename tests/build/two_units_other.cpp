#include <ctnn/ctnn.hpp>

int other_unit() { return 0; }
