#pragma once
// The type of the network that this program is compiled for. ctnn_add_trainer says which header
// defines it, and under which name if that is not Net.

#include <type_traits>

#include <ctnn/core.hpp>

#include CTNN_NETWORK_HEADER

#ifndef CTNN_NETWORK_TYPE
#define CTNN_NETWORK_TYPE Net
#endif

namespace trainer {

using Asked = ::CTNN_NETWORK_TYPE; // NETWORK of ctnn_add_trainer has to define this name, or TYPE

/// Net is the network. One that does not compile has told its error, and a stand-in keeps the program
/// from complaining again.
using Net =
    std::conditional_t<ctnn::detail::is_network<Asked>(), Asked,
                       ctnn::Sequential<ctnn::Input<1, 1, 1>, ctnn::Flatten, ctnn::Linear<1>>>;

} // namespace trainer
