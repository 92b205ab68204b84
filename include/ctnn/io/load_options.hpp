#pragma once
/// @file
/// What is taken from a file of weights: which tensor is for which parameter, and what is not.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/message.hpp>
#include <ctnn/io/tensor_bytes.hpp>

namespace ctnn {

/// LoadOptions say how a file's names become the network's, and how much of both may be left over:
///
///     load_state_dict(net, "theirs.safetensors",
///                     {.rename = {{"module.backbone.", ""}, {"head.fc.weight", "fc.weight"}},
///                      .ignore = {"fc.bias", "aux."}});
///
/// In `rename` and `ignore`, what ends in a dot is a prefix, and so is "" in `rename`; anything else is
/// a whole name.
struct LoadOptions {
  /// The names in the file and in the network must be the same, and every entry below must apply.
  bool strict = true;

  /// What the file's names begin with or are, and what the network has in its place: a prefix for a
  /// prefix, a name for a name. {"backbone.", ""} takes a prefix off, {"", "backbone."} puts one
  /// before. Of the entries that apply to a name the longest does, alone: the whole name before any
  /// prefix, a long prefix before a short one, "" last; their order means nothing. A result is not
  /// renamed again.
  std::vector<std::pair<std::string, std::string>> rename = {};

  /// The network's names that are left out, on both sides: such parameters stay as they are, and
  /// tensors that have such a name, behind `rename`, are not read. So all but a head of another
  /// shape is loaded, and strictly.
  std::vector<std::string> ignore = {};
};

/// A LoadResult is what a file brought besides the values. Parameters are told by the network's names,
/// tensors by the file's. `missing`, `unexpected` and `unused` are empty after strict loading.
struct LoadResult {
  std::map<std::string, std::string> metadata; ///< the file's __metadata__
  std::vector<std::string> missing;    ///< parameters that no tensor is for: left as they were
  std::vector<std::string> unexpected; ///< tensors that no parameter is for
  std::vector<std::string> loaded;     ///< parameters that have the file's values now
  std::vector<std::string> kept;       ///< parameters that `ignore` names: left as they were
  std::vector<std::string> ignored;    ///< tensors that `ignore` names, and counts of batches
  std::vector<std::string> unused;     ///< entries that apply to nothing, as in `rename "head."`

  /// describe tells all of it but the metadata, a line for each of the lists that is not empty. Of a
  /// long list it names the first ten.
  std::string describe() const {
    std::string text = fmt::format("{} of {} parameters loaded", loaded.size(),
                                   loaded.size() + kept.size() + missing.size());
    const auto line = [&](const char* what, const std::vector<std::string>& names) {
      constexpr std::size_t most = 10;
      if (names.empty()) return;
      const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size()));
      text += fmt::format("\n{}: {}", what, fmt::join(names.begin(), end, ", "));
      if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
    };
    line("missing in the file, left as they were", missing);
    line("left as they were", kept);
    line("in the file and not in the network", unexpected);
    line("in the file and ignored", ignored);
    line("applies to nothing", unused);
    return text;
  }
};

} // namespace ctnn

namespace ctnn::io::detail {

/// is_prefix is whether an entry of LoadOptions is what names begin with, and not a whole name.
inline bool is_prefix(std::string_view entry) { return entry.empty() || entry.ends_with('.'); }

/// applies is whether an entry of LoadOptions is for `name`.
inline bool applies(std::string_view entry, std::string_view name) {
  return is_prefix(entry) ? name.starts_with(entry) : name == entry;
}

/// A NameMap is the entries of LoadOptions, and which of them have applied.
class NameMap {
public:
  /// Throws `Error(bad_argument)` if the entries contradict themselves.
  explicit NameMap(const LoadOptions& options)
      : rename_(options.rename), ignore_(options.ignore), renamed_(rename_.size()),
        ignored_(ignore_.size()) {
    std::unordered_set<std::string_view> keys;
    for (const auto& [from, to] : rename_) {
      if (!keys.insert(from).second) wrong(R"(rename has "{}" twice)", printable(from, 100));
      if (is_prefix(from) && !is_prefix(to))
        wrong(R"(rename "{}" to "{}": a prefix becomes one that ends in a dot, or "")",
              printable(from, 100), printable(to, 100));
      if (!is_prefix(from) && is_prefix(to))
        wrong(R"(rename "{}" to "{}": a whole name becomes a whole name; ignore leaves out)",
              printable(from, 100), printable(to, 100));
    }
    if (std::ranges::count(ignore_, "") > 0) wrong("ignore: a name must not be empty");
  }

  /// network_name is what a file's `name` becomes by the longest entry that applies.
  std::string network_name(std::string_view name) {
    std::size_t best = rename_.size();
    for (std::size_t i = 0; i < rename_.size(); ++i)
      if (applies(rename_[i].first, name) &&
          (best == rename_.size() || rename_[i].first.size() > rename_[best].first.size()))
        best = i;
    if (best == rename_.size()) return std::string(name);
    renamed_[best] = true;
    return rename_[best].second + std::string(name.substr(rename_[best].first.size()));
  }

  /// ignores is whether the network's `name` is to be left out.
  bool ignores(std::string_view name) {
    bool any = false;
    for (std::size_t i = 0; i < ignore_.size(); ++i)
      if (applies(ignore_[i], name)) any = ignored_[i] = true;
    return any;
  }

  /// unused is the entries that applied to no name so far, as messages tell them.
  std::vector<std::string> unused() const {
    std::vector<std::string> entries;
    for (std::size_t i = 0; i < rename_.size(); ++i)
      if (!renamed_[i])
        entries.push_back(fmt::format(R"(rename "{}")", printable(rename_[i].first, 100)));
    for (std::size_t i = 0; i < ignore_.size(); ++i)
      if (!ignored_[i])
        entries.push_back(fmt::format(R"(ignore "{}")", printable(ignore_[i], 100)));
    return entries;
  }

private:
  template <class... Args>
  [[noreturn]] static void wrong(fmt::format_string<Args...> what, Args&&... args) {
    fail(ErrorCode::bad_argument, "LoadOptions", what, std::forward<Args>(args)...);
  }

  const std::vector<std::pair<std::string, std::string>>& rename_;
  const std::vector<std::string>& ignore_;
  std::vector<bool> renamed_, ignored_;
};

/// A Candidate is a tensor of a file under the name that it would have in the network.
struct Candidate {
  std::string name;
  const TensorBytes* tensor;
  bool settled = false; ///< it is a parameter's, or is told of already

  /// told is its name in a message: the file's, and the network's where that differs.
  std::string told() const {
    const std::string own = printable(tensor->name, 100);
    return name == tensor->name ? own : fmt::format("{} as {}", own, printable(name, 100));
  }
};

/// A Matching is which tensors of a file are for which parameters, and what contradicts that.
struct Matching {
  LoadResult result;
  std::vector<std::pair<const TensorBytes*, std::size_t>>
      pairs;                            ///< a tensor, its parameter's index
  std::vector<std::string> differences; ///< that names alone show; none: go on
};

/// counted_norm is the running_mean beside a count of batches as PyTorch's batch norms have it, an I64
/// without extents, and empty for every other tensor.
inline std::string counted_norm(const TensorBytes& tensor) {
  constexpr std::string_view count = "num_batches_tracked";
  const std::string_view name = tensor.name;
  if (tensor.dtype != "I64" || !tensor.shape.empty() || !name.ends_with(count)) return {};
  return std::string(name.substr(0, name.size() - count.size())) + "running_mean";
}

/// prefix_hint says that all missing names are in the file behind a prefix, or without one; nothing if
/// that is not so.
inline std::string prefix_hint(const std::vector<std::string>& missing,
                               const std::vector<Candidate>& candidates) {
  std::unordered_set<std::string_view> left;
  for (const Candidate& candidate : candidates)
    if (!candidate.settled) left.insert(candidate.name);
  if (missing.empty()) return {};
  const std::string_view first = missing.front();

  for (const Candidate& candidate : candidates) {
    if (candidate.settled || !candidate.name.ends_with(first)) continue;
    const std::string prefix = candidate.name.substr(0, candidate.name.size() - first.size());
    if (!is_prefix(prefix)) continue;
    if (std::ranges::all_of(missing, [&](const auto& m) { return left.contains(prefix + m); }))
      return fmt::format("what is missing is in the file behind \"{}\"", printable(prefix, 100));
  }
  for (auto dot = first.find('.'); dot != first.npos; dot = first.find('.', dot + 1)) {
    const std::string_view prefix = first.substr(0, dot + 1);
    if (std::ranges::all_of(missing, [&](std::string_view m) {
          return m.starts_with(prefix) && left.contains(m.substr(prefix.size()));
        }))
      return fmt::format("what is missing is in the file without \"{}\"", prefix);
  }
  return {};
}

/// add_names adds "missing a, b"; nothing for no names.
inline void add_names(std::vector<std::string>& differences, const char* what,
                      const std::vector<std::string>& names) {
  if (!names.empty()) differences.push_back(fmt::format("{} {}", what, fmt::join(names, ", ")));
}

/// match finds the tensor of each parameter by its name. Throws `Error(bad_argument)` for options that
/// contradict themselves.
inline Matching match(const SafetensorsFile& file, const std::vector<std::string_view>& parameters,
                      const LoadOptions& options) {
  NameMap names(options);
  Matching matching;
  LoadResult& result = matching.result;
  result.metadata = file.metadata;

  std::vector<Candidate> candidates;
  for (const TensorBytes& tensor : file.tensors)
    if (std::string name = names.network_name(tensor.name); names.ignores(name))
      result.ignored.push_back(printable(tensor.name, 100));
    else
      candidates.push_back({std::move(name), &tensor});

  std::vector<std::string> collisions;
  std::unordered_map<std::string_view, Candidate*> by_name;
  for (Candidate& candidate : candidates) {
    const auto [other, is_first] = by_name.emplace(candidate.name, &candidate);
    if (is_first) continue;
    candidate.settled = true;
    collisions.push_back(
        fmt::format("{} and {} would both be {}", printable(other->second->tensor->name, 100),
                    printable(candidate.tensor->name, 100), printable(candidate.name, 100)));
  }

  std::unordered_set<std::string_view> taken; // the file's names
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const std::string name(parameters[p]);
    if (names.ignores(name)) {
      result.kept.push_back(name);
    } else if (const auto found = by_name.find(name); found != by_name.end()) {
      found->second->settled = true;
      taken.insert(found->second->tensor->name);
      matching.pairs.emplace_back(found->second->tensor, p);
      result.loaded.push_back(name);
    } else {
      result.missing.push_back(name);
    }
  }

  std::vector<std::string> unexpected; // as messages tell them
  for (Candidate& candidate : candidates) {
    if (candidate.settled) continue;
    const std::string own = printable(candidate.tensor->name, 100);
    if (taken.contains(counted_norm(*candidate.tensor))) {
      candidate.settled = true;
      result.ignored.push_back(own);
    } else {
      result.unexpected.push_back(own);
      unexpected.push_back(candidate.told());
    }
  }
  result.unused = names.unused();

  auto& differences = matching.differences;
  if (options.strict || matching.pairs.empty()) {
    add_names(differences, "missing", result.missing);
    add_names(differences, "unexpected", unexpected);
    if (std::string hint = prefix_hint(result.missing, candidates); !hint.empty())
      differences.push_back(std::move(hint));
  }
  std::ranges::move(collisions, std::back_inserter(differences));
  if (options.strict)
    for (const std::string& entry : result.unused)
      differences.push_back(fmt::format("{} applies to nothing", entry));
  if (differences.empty() && matching.pairs.empty() && !parameters.empty())
    differences.emplace_back("ignore leaves nothing to load");
  return matching;
}

} // namespace ctnn::io::detail
