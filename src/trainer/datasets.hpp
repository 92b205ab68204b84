#pragma once
// The data sets that `--dataset` knows. A new one is a row of the table in datasets.cpp, and a
// function of scripts/fetch-data.

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ctnn/core/shape.hpp>
#include <ctnn/data/mnist.hpp>

namespace trainer {

struct Dataset {
  std::string_view name;
  std::span<const std::string_view> class_names; ///< classes behind the last go by their numbers
  ctnn::Normalization normalization;             ///< what the network sees of a pixel
  /// The loader of one split from a folder; `classes` and `image` are what the network takes.
  /// Throws Error(bad_data).
  ctnn::ImageDataset (*load)(const std::filesystem::path& folder, ctnn::Split split,
                             std::size_t classes, ctnn::Shape image,
                             ctnn::Normalization normalization);
};

/// All of them, the default first.
std::span<const Dataset> datasets();

/// The data set of that name, null if there is none.
const Dataset* find_dataset(std::string_view name);

/// One split from `folder`, of the size and number of classes that the network takes.
/// Throws Error(bad_data).
ctnn::ImageDataset load_images(const Dataset& dataset, const std::filesystem::path& folder,
                               ctnn::Split split);

/// What each class of the network is called.
std::vector<std::string> class_names(const Dataset& dataset);

/// What a file of weights says in its __metadata__ of the data set that they were trained on.
std::map<std::string, std::string> trained_on(const Dataset& dataset);

/// What such a file says otherwise than that it was trained on `dataset`, as a sentence; empty if
/// nothing, as of a file that says nothing of the kind.
std::string trained_otherwise(const std::map<std::string, std::string>& metadata,
                              const Dataset& dataset);

/// The data set that such a file names, null if none that is known.
const Dataset* dataset_of(const std::map<std::string, std::string>& metadata);

} // namespace trainer
