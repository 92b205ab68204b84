#!/bin/sh
# usage: pkg_config.sh <compiler> <prefix>: a plain compiler call finds an installed ctnn.
set -eu
export PKG_CONFIG_PATH="$2/share/pkgconfig"
flags=$(pkg-config --cflags --libs ctnn)
# shellcheck disable=SC2086 # the flags are several words
"$1" "$(dirname "$0")/consumer/hello.cpp" $flags -o "$2/hello"
"$2/hello"
