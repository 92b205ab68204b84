#pragma once
// The data sets that `--dataset` knows. A new one is a row of the table in datasets.cpp, with a loader of
// loaders.hpp, and where it can be fetched two functions of scripts/fetch-data.

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ctnn/data/image_dataset.hpp>

#include "samples.hpp"

namespace trainer {

/// Where the samples are, and how they are read.
struct Source {
  std::filesystem::path path; ///< a folder, or a file of the training samples
  std::filesystem::path test; ///< a file of the test samples; empty: beside `path`
  std::string label;          ///< the column of the classes, by its name or number
};

/// One kind of data set.
struct DatasetKind {
  std::string_view name;
  std::string_view
      argument; ///< what follows name and colon, "DIR"; empty: nothing, it is data/name
  std::span<const std::string_view> class_names =
      {};                                     ///< classes behind the last go by their numbers
  std::span<const float> mean = {}, std = {}; ///< of each channel; empty: the training samples'
  bool digits = false;     ///< whether a picture to predict is looked through for one
  bool dark_paper = false; ///< whether 0 is the paper
  bool table = false;      ///< whether it holds numbers, and no pictures
  /// The loader of one split. `classes` are the names that the training samples' files have for theirs.
  /// Throws Error(bad_data), also for what the network does not take.
  SampleSet (*load)(const Source& source, ctnn::Split split,
                    const std::vector<std::string>& classes);
};

/// A kind of data set and what `--dataset` says of it.
struct Dataset {
  std::string name; ///< "mnist", "images:flowers"
  const DatasetKind* kind;
  Source source; ///< `path` is that of the name

  /// What its runs are called: "mnist", "flowers".
  std::string short_name() const;
};

/// All kinds, the default first.
std::span<const DatasetKind> dataset_kinds();

/// "mnist", "images:DIR": how each kind is asked for.
std::vector<std::string> dataset_forms();

/// The data set that is asked for by `name`, if there is one.
std::optional<Dataset> find_dataset(std::string_view name);

/// What is known of the training samples where others are to be seen as they were.
struct Seen {
  Normalization normalization;
  std::vector<std::string> classes; ///< the names that their files have for the classes, if any
};

/// What the network is to see of samples like `train`, of which these are all.
Seen seen(const Dataset& dataset, const SampleSet& train);

/// One split of it, of the size and number of classes that the network takes, normalised if `seen` says
/// how. Throws Error(bad_data).
SampleSet load_samples(const Dataset& dataset, ctnn::Split split, const Seen& seen = {});

/// What each class of the network is called, fit to be printed.
std::vector<std::string> class_names(const Dataset& dataset,
                                     const std::vector<std::string>& classes);

using Metadata = std::map<std::string, std::string>;

/// What a file of weights says in its __metadata__ of the data set that they were trained on.
Metadata trained_on(const Dataset& dataset, const Seen& seen);

/// What such a file says otherwise than that it was trained on `dataset`, as a sentence; empty if
/// nothing, as of a file that says nothing of the kind.
std::string trained_otherwise(const Metadata& metadata, const Dataset& dataset);

/// The data set that such a file names, if it is known.
std::optional<Dataset> dataset_of(const Metadata& metadata);

/// What such a file says that the network has seen. Where it does not, and the kind of the data set
/// leaves it open, the training samples are read and say it. Throws Error(bad_checkpoint) with the
/// file's name.
Seen seen_by(const Metadata& metadata, const Dataset& dataset, std::string_view file);

} // namespace trainer
