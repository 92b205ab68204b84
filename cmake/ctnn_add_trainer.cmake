# ctnn_add_trainer(<name> NETWORK <header> [TYPE <type>])
#
# Adds the program <name> (summary, train, evaluate, predict) for the network that <header>
# defines as `using Net = ctnn::Sequential<…>;`, or as <type>, such as mine::Perceptron.
# Works in ctnn's own tree and from an installed ctnn.

include(${CMAKE_CURRENT_LIST_DIR}/ctnn_add_images.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/embed.cmake)

set(CTNN_ARCH native CACHE STRING
    "Instruction set of programs, never of the library: native, x86-64-v2, x86-64-v3, x86-64-v4, or empty for the compiler's own")
option(CTNN_STATIC_TRAINER "Link trainers statically (sanitizers cannot)" ON)

set(CTNN_ENGINE_OPTIMIZATION -O3 CACHE STRING
    "How a trainer's network is compiled, whatever the build type: it is all that takes time")
mark_as_advanced(CTNN_ENGINE_OPTIMIZATION)

# What a program of one's own links to for CTNN_ARCH.
if(NOT TARGET ctnn::native)
  add_library(ctnn_native INTERFACE)
  add_library(ctnn::native ALIAS ctnn_native)
  target_compile_options(ctnn_native INTERFACE $<$<BOOL:${CTNN_ARCH}>:-march=${CTNN_ARCH}>)
endif()

# Linked last: what a target says itself comes before what the libraries say, -O3 where there is no build type.
if(NOT TARGET ctnn_around_network)
  add_library(ctnn_around_network INTERFACE)
  target_compile_options(ctnn_around_network INTERFACE $<$<NOT:$<CONFIG:Debug>>:-O1>)
endif()

function(ctnn_add_trainer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NETWORK;TYPE" "")
  if(NOT arg_NETWORK OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "usage: ctnn_add_trainer(<name> NETWORK <header> [TYPE <type>])")
  endif()
  cmake_path(ABSOLUTE_PATH arg_NETWORK)
  if(NOT EXISTS ${arg_NETWORK})
    message(FATAL_ERROR "ctnn_add_trainer(${name}): no network header ${arg_NETWORK}")
  endif()
  get_target_property(version ctnn::ctnn CTNN_VERSION)
  get_target_property(revision ctnn::ctnn CTNN_REVISION)
  find_package(CLI11 REQUIRED)
  ctnn_add_images()

  # The installed tree has the same folders as the source tree, see install.cmake.
  set(source ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../src)
  cmake_path(NORMAL_PATH source)
  # Named, not globbed: where a later version is installed over this one, old files stay.
  set(network_units engine recipes)
  set(others train evaluate run journal run_folder run_state run_report resume_checks recipe
             datasets loaders samples checksums parameter_files scores processor_needs report/report image/image_file
             image/ink image/surroundings image/parts image/resize image/sheet
             image/like_mnist progress_bar signals output)
  list(TRANSFORM network_units REPLACE "(.+)" "${source}/trainer/\\1.cpp")
  list(TRANSFORM others REPLACE "(.+)" "${source}/trainer/\\1.cpp")
  file(GLOB page CONFIGURE_DEPENDS ${source}/trainer/report/page.* ${source}/trainer/report/uPlot*)
  ctnn_embed(${CMAKE_CURRENT_BINARY_DIR}/ctnn_report_files.cpp
             NAMESPACE trainer::report_files FILES ${page})
  list(APPEND others ${source}/trainer.cpp ${CMAKE_CURRENT_BINARY_DIR}/ctnn_report_files.cpp)

  # What works on every image is compiled for the network and for speed. What is around it is compiled
  # at -O1 and as one unit, because each part would instantiate JSON and fmt again: 45 s instead of 200.
  # Files with options of their own stay outside of it.
  add_executable(${name} ${network_units} ${others} ${source}/trainer/processor.cpp)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  # A header that does not define the network is one error too, not one at each use of the name. At -O3
  # without NDEBUG g++ 12 warns falsely of fmt's fill_t.
  set_source_files_properties(${network_units} PROPERTIES COMPILE_OPTIONS
    "-Wfatal-errors;${CTNN_ENGINE_OPTIMIZATION};$<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>")
  # It tells a processor that is older than CTNN_ARCH.
  set_source_files_properties(${source}/trainer/processor.cpp PROPERTIES
    COMPILE_OPTIONS "$<$<AND:$<BOOL:${CTNN_ARCH}>,$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>>:-march=x86-64>")
  target_compile_definitions(${name} PRIVATE
    CTNN_PROGRAM="${name}" CTNN_NETWORK_HEADER="${arg_NETWORK}"
    $<$<BOOL:${arg_TYPE}>:CTNN_NETWORK_TYPE=${arg_TYPE}>)
  # Of this file alone, so that a new commit does not compile the network again.
  set_source_files_properties(${source}/trainer.cpp PROPERTIES
    COMPILE_DEFINITIONS "CTNN_VERSION=\"${version}\";CTNN_REVISION=\"${revision}\"")
  target_link_libraries(${name} PRIVATE ctnn::ctnn ctnn::native ctnn::images CLI11::CLI11
                                        ctnn_around_network)

  if(CTNN_STATIC_TRAINER)
    target_compile_options(${name} PRIVATE -ffunction-sections -fdata-sections)
    target_link_options(${name} PRIVATE -static -Wl,--gc-sections $<$<CONFIG:Release>:-s>)
  endif()
endfunction()
