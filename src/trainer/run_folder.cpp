#include "run_folder.hpp"

#include <system_error>

#include <ctnn/io/file.hpp>

namespace trainer {

void RunFolder::make() const {
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (error) ctnn::io::cannot_write(path_, error.value());
  for (const auto& path : {state(), last(), best(), report()})
    ctnn::io::remove_stale_temporaries(path);
}

} // namespace trainer
