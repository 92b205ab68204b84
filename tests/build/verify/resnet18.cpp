// limit: 4
#include "../../support/torchvision.hpp"

static_assert(ctnn::test::ResNet18<224>::parameter_count == 11'689'512);
