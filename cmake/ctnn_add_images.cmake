# ctnn_add_images()
#
# Defines ctnn::images, which a program that includes ctnn/data/image_folder.hpp or ctnn/io/image_file.hpp
# links to: what decodes pictures, and the libraries that it takes, stb and libjpeg-turbo.
# Works in ctnn's own tree and from an installed ctnn.

function(ctnn_add_images)
  if(TARGET ctnn::images)
    return()
  endif()
  find_path(STB_INCLUDE_DIR stb/stb_image.h REQUIRED)
  find_library(TURBOJPEG_LIBRARY NAMES libturbojpeg.a turbojpeg REQUIRED)
  find_path(TURBOJPEG_INCLUDE_DIR turbojpeg.h REQUIRED)
  mark_as_advanced(STB_INCLUDE_DIR TURBOJPEG_LIBRARY TURBOJPEG_INCLUDE_DIR)

  # The installed tree has the same folders as the source tree, see install.cmake.
  set(source ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../src)
  cmake_path(NORMAL_PATH source)
  # Named, not globbed: where a later version is installed over this one, old files stay.
  set(units image_file jpeg png)
  list(TRANSFORM units REPLACE "(.+)" "${source}/images/\\1.cpp")
  add_library(ctnn_images STATIC EXCLUDE_FROM_ALL ${units})
  add_library(ctnn::images ALIAS ctnn_images)
  target_include_directories(ctnn_images SYSTEM PRIVATE ${STB_INCLUDE_DIR} ${TURBOJPEG_INCLUDE_DIR})
  target_link_libraries(ctnn_images PUBLIC ctnn::ctnn PRIVATE ${TURBOJPEG_LIBRARY})
endfunction()
