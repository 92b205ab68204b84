# find_package(ctnn), pkg-config, ctnn_add_trainer and ctnn_add_images for an installed ctnn. Below share/ctnn
# the folders are those of the source tree, so that these functions find their sources in both.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_DATADIR}/ctnn/cmake)

set_target_properties(ctnn PROPERTIES EXPORT_PROPERTIES "CTNN_VERSION;CTNN_REVISION")
install(TARGETS ctnn EXPORT ctnn FILE_SET HEADERS)
install(EXPORT ctnn NAMESPACE ctnn:: FILE ctnn-targets.cmake DESTINATION ${package_dir})
install(FILES src/trainer.cpp DESTINATION ${CMAKE_INSTALL_DATADIR}/ctnn/src)
install(DIRECTORY src/images src/trainer DESTINATION ${CMAKE_INSTALL_DATADIR}/ctnn/src)

configure_package_config_file(
  cmake/ctnn-config.cmake.in ctnn-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(
  ctnn-config-version.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/ctnn-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/ctnn-config-version.cmake
  cmake/ctnn_add_images.cmake cmake/ctnn_add_trainer.cmake cmake/embed.cmake cmake/FindRandom123.cmake
  DESTINATION ${package_dir})

configure_file(cmake/ctnn.pc.in ctnn.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/ctnn.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)
