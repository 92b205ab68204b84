#pragma once
// The type of the network that this program is compiled for. ctnn_add_trainer says which header
// defines it, and under which name if that is not Net.

#include CTNN_NETWORK_HEADER

#ifndef CTNN_NETWORK_TYPE
#define CTNN_NETWORK_TYPE Net
#endif

namespace trainer {

using Net = ::CTNN_NETWORK_TYPE; // NETWORK of ctnn_add_trainer has to define this name, or TYPE

template <class T>
concept NetworkType = requires {
  T::input_shape.size();
};
static_assert(NetworkType<Net>,
              "the network of a trainer is a ctnn::Sequential that begins with ctnn::Input");

} // namespace trainer
