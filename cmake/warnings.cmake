# ctnn_warnings: for our own programs. Users choose their own.
option(CTNN_WARNINGS_AS_ERRORS "Let no warning pass" OFF)

add_library(ctnn_warnings INTERFACE)
target_compile_options(ctnn_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${CTNN_WARNINGS_AS_ERRORS}>:-Werror>)
