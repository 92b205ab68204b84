# CTNN_REVISION: the commit that is being configured, "-dirty" after it when files differ from it.
set(CTNN_REVISION unknown)
if(EXISTS ${PROJECT_SOURCE_DIR}/.git) # not the repository of whoever unpacked ctnn inside theirs
  execute_process(
    COMMAND git describe --always --dirty --exclude *
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE revision RESULT_VARIABLE failure
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failure)
    set(CTNN_REVISION ${revision})
  endif()
endif()
