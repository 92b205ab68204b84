#!/bin/sh
# usage: pkg_config.sh <compiler> <prefix>: a plain compiler call finds an installed ctnn, and is told
# of an optimisation that was forgotten.
set -eu
export PKG_CONFIG_PATH="$2/share/pkgconfig"
flags=$(pkg-config --cflags --libs ctnn)
source=$(dirname "$0")/consumer/hello.cpp
# shellcheck disable=SC2086 # the flags are several words
said=$("$1" -Werror -O1 "$source" $flags -o "$2/hello" 2>&1)
[ -z "$said" ] || { echo "with -O1 the compiler says: $said" && exit 1; }
"$2/hello"
# shellcheck disable=SC2086
"$1" -fsyntax-only "$source" $flags 2>&1 | grep -q "compile with -O3" || {
  echo "without -O nothing is said" && exit 1
}
# shellcheck disable=SC2086
said=$("$1" -DCTNN_ALLOW_UNOPTIMIZED -fsyntax-only "$source" $flags 2>&1)
[ -z "$said" ] || { echo "what was allowed is told all the same: $said" && exit 1; }
