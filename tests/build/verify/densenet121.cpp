// limit: 20
#include "../../support/torchvision.hpp"

static_assert(ctnn::test::DenseNet121<224>::parameter_count == 7'978'856);
