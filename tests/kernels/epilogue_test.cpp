// Pooling and activation of outputs in registers, against the scalar references.

#include "support/catch.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/epilogue.hpp>
#include <ctnn/kernels/reference/elementwise.hpp>
#include <ctnn/kernels/reference/max_pool2d.hpp>

using namespace ctnn;
using namespace ctnn::kernels;
using test::ExactBuffer, test::same;

namespace {

double value(identity, double x) { return x; }
double value(relu, double x) { return reference::relu(x); }
double gradient(identity, double, double dy) { return dy; }
double gradient(relu, double y, double dy) { return reference::relu_backward(y, dy); }

/// Side x Side outputs of `part` channels, of which rows x columns exist. `outputs` and `dy` are
/// drawn from; y is an image of as many channels and of one pixel more a row.
template <class T, std::size_t Pool, class F, std::size_t Side>
void is_reference(std::size_t rows, std::size_t columns, std::size_t part,
                  const std::vector<T>& outputs, const std::vector<T>& dy) {
  CAPTURE(Pool, Side, rows, columns, part);
  using Epilogue = epilogue<Pool, F>;
  const Pool2dGeometry g{part, rows, columns, Pool, Pool, Pool, Pool, 0, 0};
  std::vector<T> x(g.input_size()), expected_y(g.output_size()), expected_tape(g.output_size()),
      seed(g.output_size()), expected_dx(g.input_size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i % part, column = i / part % columns, row = i / part / columns;
    x[i] = outputs[(row * Side + column) * simd::lanes<T> + c];
  }
  reference::max_pool2d_forward(g, 1, x.data(), expected_y.data(), expected_tape.data());
  for (std::size_t i = 0; i < seed.size(); ++i) {
    expected_y[i] = static_cast<T>(value(F{}, expected_y[i]));
    seed[i] = static_cast<T>(gradient(F{}, expected_y[i], dy[i]));
  }
  reference::max_pool2d_backward(g, 1, expected_tape.data(), seed.data(), expected_dx.data());
  for (std::size_t i = 0; i < seed.size(); ++i)
    expected_tape[i] = gradient(F{}, expected_y[i], 1) == 0 ? 0 : expected_tape[i] + 1;

  simd::vec<T> vectors[Side][Side];
  for (std::size_t i = 0; i < Side * Side; ++i)
    vectors[i / Side][i % Side] = simd::load(outputs.data() + i * simd::lanes<T>);
  const std::size_t pixels = g.out_width() + 1; // a row of y
  const typename Epilogue::steps steps{pixels * part, part};
  const std::size_t size = ((g.out_height() - 1) * pixels + g.out_width()) * part;
  const auto dense = [&](const auto& buffer) { // and nothing in between
    std::vector<T> result;
    for (std::size_t i = 0; i < size; ++i)
      if (i / part % pixels < g.out_width())
        result.push_back(buffer[i]);
      else
        CHECK(test::is_unset(buffer[i]));
    return result;
  };
  ExactBuffer<T> y(size, 1), y_only(size, 1), spread_dy(size, 1);
  ExactBuffer<std::uint8_t> tape(size, 1);
  Epilogue::template store<Side, Side, T>(vectors, rows, columns, y.data(), tape.data(), steps,
                                          part);
  Epilogue::template store<Side, Side, T>(vectors, rows, columns, y_only.data(), nullptr, steps,
                                          part);
  CHECK(same(dense(y), expected_y));
  CHECK(same(dense(y_only), expected_y));
  if (Pool > 1) CHECK(same(dense(tape), expected_tape));

  for (std::size_t i = 0, k = 0; i < size; ++i)
    if (i / part % pixels < g.out_width()) spread_dy[i] = dy[k++];
  for (auto& row : vectors)
    for (auto& vector : row) vector = simd::vec<T>(std::numeric_limits<T>::quiet_NaN());
  Epilogue::template load<Side, Side, T>(y.data(), spread_dy.data(),
                                         Pool > 1 ? tape.data() : nullptr, steps, part, rows,
                                         columns, vectors);
  std::vector<T> all(Side * Side * simd::lanes<T>), dx, outside;
  for (std::size_t i = 0; i < Side * Side; ++i)
    simd::store(all.data() + i * simd::lanes<T>, vectors[i / Side][i % Side]);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t c = i % simd::lanes<T>, column = i / simd::lanes<T> % Side,
                      row = i / simd::lanes<T> / Side;
    (c < part && column < columns && row < rows ? dx : outside).push_back(all[i]);
  }
  CHECK(same(dx, expected_dx));
  CHECK(same(outside, std::vector<T>(outside.size(), 0)));
}

template <class T, std::size_t Pool, class F, std::size_t Side>
void is_reference() {
  const std::size_t size = Side * Side * simd::lanes<T>;
  const auto dy = test::random_values<T>(size, 2);
  auto outputs = test::random_values<T>(size, 1);
  for (T& x : outputs) x = std::round(x); // mostly ties
  auto with_nan = outputs;
  for (std::size_t i = 0; i < size; i += 7) with_nan[i] = std::numeric_limits<T>::quiet_NaN();
  const std::vector<T> lowest(size, -std::numeric_limits<T>::infinity());
  for (const auto& values : {outputs, with_nan, lowest})
    for (std::size_t rows = Pool; rows <= Side; rows += Pool)
      for (const std::size_t columns : {Pool, Side})
        for (const std::size_t part : {std::size_t{1}, simd::lanes<T> - 1, simd::lanes<T>})
          is_reference<T, Pool, F, Side>(rows, columns, part, values, dy);
}

} // namespace

TEST_CASE("an epilogue is pooling and then its function in both directions") {
  is_reference<float, 1, identity, 5>();
  is_reference<float, 1, relu, 2>();
  is_reference<float, 2, identity, 2>();
  is_reference<float, 2, relu, 6>();
  is_reference<float, 3, relu, 6>();
  is_reference<double, 2, relu, 4>();
  is_reference<double, 3, identity, 3>();
}

TEST_CASE("relu's epilogue lets no infinite gradient through where it is inactive") {
  const double infinity = std::numeric_limits<double>::infinity(), y[]{0}, dy[]{infinity};
  simd::vec<double> outputs[1][1];
  epilogue<1, relu>::load<1, 1, double>(y, dy, nullptr, {}, 1, 1, 1, outputs);
  CHECK(simd::reduce_add(outputs[0][0]) == 0);
}
