// expect: two layers are named 1
#include <ctnn/infer.hpp>
#include <ctnn/io/state_dict.hpp>
using namespace ctnn;
using Net = Sequential<Input<9>, Named<"1", Linear<3>>, Linear<2>>;
int main() { save_state_dict(Network<Net>(), "net.safetensors"); }
