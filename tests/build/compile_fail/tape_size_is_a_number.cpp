// expect: layer 0 Remember declares a member that is not static constexpr std::size_t tape_size(Shape)
#include <ctnn/core.hpp>
using namespace ctnn;
struct Remember {
  static constexpr std::size_t tape_size = 3;
  static constexpr Shape output_shape(Shape in) { return in; }
};
using Net = Sequential<Input<9>, Remember, Linear<4>>;
static_assert(Net::parameter_count == 40);
