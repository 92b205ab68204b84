# ctnn_add_trainer(<name> NETWORK <header>)
#
# Adds the program <name> (summary, train, evaluate) for the network that <header>
# defines as `using Net = ctnn::Sequential<…>;`. Works in ctnn's own tree and from an installed ctnn.

set(CTNN_ARCH native CACHE STRING
    "Instruction set of programs, never of the library: native, x86-64-v2, x86-64-v3, x86-64-v4, or empty for the compiler's own")
option(CTNN_STATIC_TRAINER "Link trainers statically (sanitizers cannot)" ON)

if(NOT TARGET ctnn_arch)
  add_library(ctnn_arch INTERFACE)
  target_compile_options(ctnn_arch INTERFACE $<$<BOOL:${CTNN_ARCH}>:-march=${CTNN_ARCH}>)
endif()

function(ctnn_add_trainer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" NETWORK "")
  if(NOT arg_NETWORK OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "usage: ctnn_add_trainer(<name> NETWORK <header>)")
  endif()
  cmake_path(ABSOLUTE_PATH arg_NETWORK)
  if(NOT EXISTS ${arg_NETWORK})
    message(FATAL_ERROR "ctnn_add_trainer(${name}): no network header ${arg_NETWORK}")
  endif()
  get_target_property(version ctnn::ctnn CTNN_VERSION)
  get_target_property(revision ctnn::ctnn CTNN_REVISION)
  find_package(CLI11 REQUIRED)

  # The installed tree has the same folders as the source tree, see install.cmake.
  set(source ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../src)
  cmake_path(NORMAL_PATH source)
  set(others ${source}/trainer.cpp ${source}/trainer/files.cpp ${source}/trainer/output.cpp)
  add_executable(${name} ${source}/trainer/commands.cpp ${others})
  target_compile_definitions(${name} PRIVATE
    CTNN_PROGRAM="${name}" CTNN_NETWORK_HEADER="${arg_NETWORK}")
  # -O1: options, files and messages need not be fast, and compile in less time.
  set_source_files_properties(${others} PROPERTIES COMPILE_OPTIONS -O1)
  # Of this file alone, so that a new commit does not compile the network again.
  set_source_files_properties(${source}/trainer.cpp PROPERTIES
    COMPILE_DEFINITIONS "CTNN_VERSION=\"${version}\";CTNN_REVISION=\"${revision}\"")
  target_link_libraries(${name} PRIVATE ctnn::ctnn ctnn_arch CLI11::CLI11)

  if(CTNN_STATIC_TRAINER)
    target_compile_options(${name} PRIVATE -ffunction-sections -fdata-sections)
    target_link_options(${name} PRIVATE -static -Wl,--gc-sections $<$<CONFIG:Release>:-s>)
  endif()
endfunction()
