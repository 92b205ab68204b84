// limit: 5
#include "../../support/torchvision.hpp"

static_assert(ctnn::test::MobileNetV2<224>::parameter_count == 3'504'872);
