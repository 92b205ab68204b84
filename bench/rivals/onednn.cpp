// oneDNN's convolution and inner product beside ours: see onednn.hpp.

#include "onednn.hpp"

#include <algorithm>
#include <random>
#include <span>
#include <unordered_map>
#include <utility>

#include <dnnl.hpp>
#include <omp.h>

#include "../measure.hpp"

namespace ctnn::bench {
namespace {

using dnnl::algorithm;
using dnnl::memory;

/// Winograd's rounding, theirs.
constexpr double tolerance = 1e-4;

/// A tensor in the problem's own layout.
struct Plain {
  memory::desc layout;
  std::vector<float> values;
};

/// The layer on so many images, its data in our layouts.
class Setting {
public:
  const std::size_t images;
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::unordered_map<int, Plain> tensors; ///< by DNNL_ARG_…

  Setting(bool convolution, const kernels::Conv2dGeometry& geometry, const Chunk<float>& problem,
          std::size_t images_)
      : images(images_), convolution_(convolution), g_(geometry) {
    const auto n = dim(images);
    using tag = memory::format_tag;
    const auto image = [&](std::size_t channels, std::size_t height, std::size_t width) {
      if (!convolution_) return layout({n, dim(channels)}, tag::nc);
      return layout({n, dim(channels), dim(height), dim(width)}, tag::nhwc);
    };
    const auto x = image(g_.in_channels, g_.in_height, g_.in_width);
    const auto y = image(g_.out_channels, g_.out_height(), g_.out_width());
    const auto weight = convolution_ ? layout({dim(g_.out_channels), dim(g_.in_channels),
                                               dim(g_.kernel_height), dim(g_.kernel_width)},
                                              tag::oihw)
                                     : layout({dim(g_.out_channels), dim(g_.in_channels)}, tag::oi);
    const auto bias = layout({dim(g_.out_channels)}, tag::x);
    const std::size_t times = images / problem.samples;
    tensors = {{DNNL_ARG_SRC, {x, repeat(problem.x, times)}},
               {DNNL_ARG_WEIGHTS, {weight, problem.parameters[0]}},
               {DNNL_ARG_BIAS, {bias, problem.parameters[1]}},
               {DNNL_ARG_DST, {y, repeat(problem.y, times)}},
               {DNNL_ARG_DIFF_DST, {y, repeat(problem.dy, times)}},
               {DNNL_ARG_DIFF_SRC, {x, repeat(problem.dx, times)}},
               {DNNL_ARG_DIFF_WEIGHTS, {weight, scale(problem.gradients[0], times)}},
               {DNNL_ARG_DIFF_BIAS, {bias, scale(problem.gradients[1], times)}}};
  }

  /// The layout of a tensor left to the primitive.
  memory::desc any(int argument) const {
    const auto& layout = tensors.at(argument).layout;
    if (layout.dims().size() == 1) return layout; // a bias
    return {layout.dims(), memory::data_type::f32, memory::format_tag::any};
  }
  bool convolution() const { return convolution_; }
  memory::dims strides() const { return {dim(g_.stride_height), dim(g_.stride_width)}; }
  memory::dims padding() const { return {dim(g_.padding_top), dim(g_.padding_left)}; }

private:
  static memory::dim dim(std::size_t size) { return static_cast<memory::dim>(size); }
  static memory::desc layout(const memory::dims& dims, memory::format_tag tag) {
    return {dims, memory::data_type::f32, tag};
  }
  static std::vector<float> repeat(const std::vector<float>& values, std::size_t times) {
    std::vector<float> all;
    for (std::size_t i = 0; i < times; ++i) all.insert(all.end(), values.begin(), values.end());
    return all;
  }
  static std::vector<float> scale(std::vector<float> values, std::size_t times) {
    for (float& value : values) value *= static_cast<float>(times);
    return values;
  }

  bool convolution_;
  kernels::Conv2dGeometry g_;
};

/// What a primitive computes, and the tensors that it reads and writes for it.
struct Product {
  std::vector<int> inputs, outputs;
};
const Product y{{DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS}, {DNNL_ARG_DST}};
const Product dx{{DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST}, {DNNL_ARG_DIFF_SRC}};
const Product dw{{DNNL_ARG_SRC, DNNL_ARG_DIFF_DST}, {DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_BIAS}};

/// A primitive with its memory: checked, then filled with numbers of all bits.
class Task {
public:
  double seconds = 0; ///< of one run, the least of three
  std::string error;

  template <class Descriptor>
  Task(Setting& setting, const Product& product, const Descriptor& descriptor)
      : stream_(setting.stream), primitive_(descriptor) {
    const auto add = [&](int argument) {
      const auto layout = descriptor.query_md(dnnl::query::exec_arg_md, argument);
      return arguments_.emplace(argument, memory(layout, setting.engine)).first->second;
    };
    for (const int input : product.inputs) {
      Plain& plain = setting.tensors.at(input);
      memory from(plain.layout, setting.engine, plain.values.data()), to = add(input);
      dnnl::reorder(from, to).execute(stream_, from, to);
    }
    for (const int output : product.outputs) add(output);
    run();
    for (const int output : product.outputs) {
      const Plain& plain = setting.tensors.at(output);
      std::vector<float> got(plain.values.size());
      memory from = arguments_.at(output), to(plain.layout, setting.engine, got.data());
      dnnl::reorder(from, to).execute(stream_, from, to);
      stream_.wait();
      if (error.empty()) error = difference("oneDNN", got, plain.values, tolerance);
    }
    std::mt19937 random;
    std::uniform_real_distribution<float> number(-1.f, 1.f);
    for (const int input : product.inputs) {
      const memory& tensor = arguments_.at(input);
      const std::span values(static_cast<float*>(tensor.get_data_handle()),
                             tensor.get_desc().get_size() / sizeof(float));
      for (float& value : values) value = number(random);
    }
    seconds = std::min({time(), time(), time()});
  }

  void run() {
    primitive_.execute(stream_, arguments_);
    stream_.wait();
  }

private:
  double time() {
    const double start = bench::seconds(CLOCK_THREAD_CPUTIME_ID);
    run();
    return bench::seconds(CLOCK_THREAD_CPUTIME_ID) - start;
  }

  dnnl::stream stream_;
  dnnl::primitive primitive_;
  std::unordered_map<int, memory> arguments_;
};

class Tasks : public Rival {
public:
  void add(Task task) {
    if (error.empty()) error = task.error;
    tasks_.push_back(std::move(task));
  }
  void run() override {
    for (Task& task : tasks_) task.run();
  }
  double seconds_an_image() const {
    double sum = 0;
    for (const Task& task : tasks_) sum += task.seconds;
    return sum / static_cast<double>(images);
  }

private:
  std::vector<Task> tasks_;
};

Task convolution_task(Setting& s, const Product& product, algorithm by) {
  using namespace dnnl;
  const convolution_forward::primitive_desc forward(
      {prop_kind::forward_training, by, s.any(DNNL_ARG_SRC), s.any(DNNL_ARG_WEIGHTS),
       s.any(DNNL_ARG_BIAS), s.any(DNNL_ARG_DST), s.strides(), s.padding(), s.padding()},
      s.engine);
  if (&product == &y) return {s, product, forward};
  if (&product == &dx)
    return {s, product,
            convolution_backward_data::primitive_desc(
                {by, s.any(DNNL_ARG_DIFF_SRC), s.any(DNNL_ARG_WEIGHTS), s.any(DNNL_ARG_DIFF_DST),
                 s.strides(), s.padding(), s.padding()},
                s.engine, forward)};
  return {s, product,
          convolution_backward_weights::primitive_desc(
              {by, s.any(DNNL_ARG_SRC), s.any(DNNL_ARG_DIFF_WEIGHTS), s.any(DNNL_ARG_DIFF_BIAS),
               s.any(DNNL_ARG_DIFF_DST), s.strides(), s.padding(), s.padding()},
              s.engine, forward)};
}

Task inner_product_task(Setting& s, const Product& product) {
  using namespace dnnl;
  const inner_product_forward::primitive_desc forward({prop_kind::forward_training,
                                                       s.any(DNNL_ARG_SRC), s.any(DNNL_ARG_WEIGHTS),
                                                       s.any(DNNL_ARG_BIAS), s.any(DNNL_ARG_DST)},
                                                      s.engine);
  if (&product == &y) return {s, product, forward};
  if (&product == &dx)
    return {s, product,
            inner_product_backward_data::primitive_desc(
                {s.any(DNNL_ARG_DIFF_SRC), s.any(DNNL_ARG_WEIGHTS), s.any(DNNL_ARG_DIFF_DST)},
                s.engine, forward)};
  return {s, product,
          inner_product_backward_weights::primitive_desc(
              {s.any(DNNL_ARG_SRC), s.any(DNNL_ARG_DIFF_WEIGHTS), s.any(DNNL_ARG_DIFF_BIAS),
               s.any(DNNL_ARG_DIFF_DST)},
              s.engine, forward)};
}

/// By the faster algorithm; Winograd's is not there for every shape and product.
Task best_task(Setting& setting, const Product& product) {
  if (!setting.convolution()) return inner_product_task(setting, product);
  Task direct = convolution_task(setting, product, algorithm::convolution_direct);
  try {
    Task winograd = convolution_task(setting, product, algorithm::convolution_winograd);
    return winograd.seconds < direct.seconds ? winograd : direct;
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented) throw;
    return direct;
  }
}

} // namespace

std::unique_ptr<Rival> onednn(Pass pass, bool convolution, const kernels::Conv2dGeometry& geometry,
                              const Chunk<float>& problem) {
  omp_set_num_threads(1);
  std::unique_ptr<Tasks> best;
  for (const std::size_t images : {problem.samples, std::size_t{512}}) {
    Setting setting(convolution, geometry, problem, images);
    auto tasks = std::make_unique<Tasks>();
    tasks->images = images;
    if (pass == Pass::forward) tasks->add(best_task(setting, y));
    if (pass != Pass::forward) tasks->add(best_task(setting, dw));
    if (pass == Pass::backward) tasks->add(best_task(setting, dx));
    if (!tasks->error.empty()) return tasks;
    if (!best || tasks->seconds_an_image() < best->seconds_an_image()) best = std::move(tasks);
  }
  return best;
}

} // namespace ctnn::bench
