// The facts of MLPerf Tiny's networks: passes by compiling. Counts of parameters stand beside the types.
#include "../../examples/mlperf_tiny.hpp"

#include "support/catch.hpp"

using namespace mlperf_tiny;

static_assert(KeywordSpotting::output_shape == Shape{12});
static_assert(KeywordSpotting::nodes[0].output_shape == Shape{64, 25, 5});
static_assert(KeywordSpotting::multiply_adds == 2'656'768);

static_assert(VisualWakeWords::output_shape == Shape{2});
static_assert(VisualWakeWords::nodes[0].output_shape == Shape{8, 48, 48});
static_assert(VisualWakeWords::nodes[VisualWakeWords::node_count - 4].output_shape ==
              Shape{256, 3, 3}); // before the pooling
static_assert(VisualWakeWords::multiply_adds == 7'489'664);

static_assert(ResNet8::output_shape == Shape{10});
static_assert(ResNet8::multiply_adds == 12'501'632);

static_assert(AnomalyDetection::output_shape == AnomalyDetection::input_shape);
static_assert(AnomalyDetection::multiply_adds == 264'192);

static_assert(StreamingWakeWord::output_shape == Shape{3});
static_assert(StreamingWakeWord::nodes[StreamingWakeWord::node_count - 3].output_shape ==
              Shape{32, 1, 1});
static_assert(StreamingWakeWord::multiply_adds == 826'368);

TEST_CASE("MLPerf Tiny's networks compile") { SUCCEED(); }
