#pragma once
// How each kind of data set is read, for the network's input and number of classes. All throw
// Error(bad_data), with the file, what was expected and what was found.

#include <string>
#include <vector>

#include "datasets.hpp"

namespace trainer {

/// The four IDX files of a folder, as MNIST's are called.
SampleSet load_idx(const Source& source, ctnn::Split split, const std::vector<std::string>&);

/// CIFAR-10's binary version.
SampleSet load_cifar10(const Source& source, ctnn::Split split, const std::vector<std::string>&);

/// Pictures in DIR/train/<class>/ and DIR/test/<class>/, resized to the network's input. The classes of
/// training pictures take turns, so that the first and the last of them are of all classes.
SampleSet load_folders(const Source& source, ctnn::Split split,
                       const std::vector<std::string>& classes);

/// A CSV file of numbers: a column of classes, and as many others as the network takes numbers. A first
/// line in which a cell is no number is a header.
SampleSet load_table(const Source& source, ctnn::Split split, const std::vector<std::string>&);

/// The rows of such a file to predict, whose classes may be there or not: one after the other.
std::vector<float> load_rows(const std::filesystem::path& path, const std::string& label);

/// The file of the test samples that belongs to a table: where its name has "train", "test" stands there,
/// train.csv and test.csv; else it is iris.csv and iris-test.csv.
std::filesystem::path test_file(const Source& source);

} // namespace trainer
