# ctnn_embed(<output.cpp> NAMESPACE <namespace> FILES <file>...)
#
# Writes a .cpp that defines a `const std::string_view` for each text file, so that a program needs
# no files when it runs. The name is the file's, with _ for what no identifier may hold.

function(ctnn_embed output)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" NAMESPACE FILES)
  set(code "#include <string_view>\n\nnamespace ${arg_NAMESPACE} {\n")
  foreach(path IN LISTS arg_FILES)
    file(READ ${path} text)
    cmake_path(GET path FILENAME name)
    string(MAKE_C_IDENTIFIER ${name} name)
    string(APPEND code "\nextern const std::string_view ${name};\n"
                       "constexpr std::string_view ${name} = R\"~~~(${text})~~~\";\n")
  endforeach()
  string(APPEND code "\n} // namespace ${arg_NAMESPACE}\n")
  file(WRITE ${output}.new "${code}") # file(CONFIGURE) would expand any @word@ of the files
  file(COPY_FILE ${output}.new ${output} ONLY_IF_DIFFERENT)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${arg_FILES})
endfunction()
