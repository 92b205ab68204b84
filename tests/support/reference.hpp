#pragma once
// Reads the numbers that PyTorch computed for us (tests/reference); the script beside each file
// made it. CMake defines CTNN_TESTS_DIR.

#include <cstddef>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace ctnn::test {

/// One file of tests/reference, for instance `reference("layers/conv2d_3x3.json")`. Throws a
/// std::runtime_error that names the file if it is missing or broken.
inline nlohmann::json reference(const std::string& name) {
  const std::string path = std::string(CTNN_TESTS_DIR "/reference/") + name;
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": cannot open this reference file");
  try {
    return nlohmann::json::parse(file);
  } catch (const nlohmann::json::parse_error& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

/// A flat list of numbers. Anything else is an error: a misspelt key must not read as no numbers.
inline std::vector<double> numbers(const nlohmann::json& list) {
  if (!list.is_array()) {
    throw std::runtime_error(std::string("reference file: expected a list of numbers, found ") +
                             list.type_name());
  }
  std::vector<double> values;
  values.reserve(list.size());
  for (const nlohmann::json& value : list) {
    if (!value.is_number()) {
      throw std::runtime_error(std::string("reference file: expected a number, found ") +
                               value.type_name());
    }
    values.push_back(value.get<double>());
  }
  return values;
}

} // namespace ctnn::test
