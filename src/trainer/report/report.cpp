#include "report.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include <ctnn/io/file.hpp>

namespace trainer {

namespace report_files { // made of src/trainer/report/* by cmake/embed.cmake
extern const std::string_view page_html, page_css, page_js;
extern const std::string_view uPlot_iife_min_js, uPlot_min_css, uPlot_LICENSE;
} // namespace report_files

namespace {

using Json = nlohmann::ordered_json; // options are shown in the order of the log

/// RFC 4648, with padding.
std::string base64(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) { return i + k < bytes.size() ? bytes[i + k] : 0U; };
    const std::uint32_t group = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) text += digits[group >> shift & 63];
  }
  const std::size_t padding = (3 - bytes.size() % 3) % 3;
  return text.replace(text.size() - padding, padding, padding, '=');
}

Json to_json(const Picture& picture) {
  return {{"pixels", base64(picture.pixels)},
          {"rows", picture.rows},
          {"cols", picture.cols},
          {"label", picture.label}};
}

Json to_json(const Mistake& mistake) {
  return {{"picture", to_json(mistake.picture)},
          {"index", mistake.index},
          {"predicted", mistake.predicted},
          {"probability", mistake.probability},
          {"probability_of_label", mistake.probability_of_label}};
}

Json to_json(const Rate& rate) { return {rate.epochs, rate.rate}; }

Json to_json(const std::pair<std::string, std::string>& pair) { return {pair.first, pair.second}; }

template <class T>
Json all_to_json(const std::vector<T>& values) {
  Json array = Json::array();
  for (const T& value : values) array.push_back(to_json(value));
  return array;
}

/// JavaScript's numbers are doubles: a seed of 64 bits would be shown as one of its neighbours.
void write_out_large_integers(Json& object) {
  constexpr std::uint64_t exact = std::uint64_t{1} << 53;
  for (Json& value : object)
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > exact) value = value.dump();
}

Json page_data(const ReportData& report) {
  constexpr std::uint64_t max_bytes = std::uint64_t{1} << 30;
  const auto bytes = ctnn::io::read_file(report.metrics, max_bytes, ctnn::ErrorCode::cannot_write);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());

  Json lines = Json::array();
  std::size_t unreadable = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    // What is nested deeper is not kept: writing it out would go down into each level.
    bool deep = false;
    const auto keep = [&deep](int depth, Json::parse_event_t, const Json&) {
      deep |= depth > 32;
      return !deep;
    };
    Json object = Json::parse(line, keep, false); // `discarded` if it is not JSON
    if (deep || !object.is_object()) {
      ++unreadable;
      continue;
    }
    write_out_large_integers(object);
    lines.push_back(std::move(object));
  }
  return {{"title", report.title},
          {"class_names", report.class_names},
          {"dark_paper", report.dark_paper},
          {"metrics", std::move(lines)},
          {"unreadable", unreadable},
          {"rates", all_to_json(report.rates)},
          {"facts", all_to_json(report.facts)},
          {"texts", all_to_json(report.texts)},
          {"augmented", all_to_json(report.augmented)},
          {"mistakes", all_to_json(report.mistakes)}};
}

/// Of all characters only < can end a script element, and in JSON it only stands in strings.
std::string script_text(const Json& json) {
  std::string text;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace))
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  return text;
}

std::string_view part(std::string_view name, std::string_view data) {
  using namespace report_files;
  if (name == "data") return data;
  if (name == "page.css") return page_css;
  if (name == "page.js") return page_js;
  if (name == "uPlot.min.css") return uPlot_min_css;
  if (name == "uPlot.iife.min.js") return uPlot_iife_min_js;
  if (name == "uPlot.LICENSE") return uPlot_LICENSE;
  throw std::logic_error("page.html: {{" + std::string(name) + "}} is no part of the report");
}

/// page.html with its {{parts}}. What was inserted is not searched again: a title may hold {{.
std::string page(std::string_view data) {
  std::string text;
  std::string_view rest = report_files::page_html;
  for (std::size_t open; (open = rest.find("{{")) != std::string_view::npos;) {
    const std::size_t close = rest.find("}}", open);
    text += rest.substr(0, open);
    text += part(rest.substr(open + 2, close - open - 2), data);
    rest.remove_prefix(close + 2);
  }
  return text += rest;
}

} // namespace

void write_report(const std::filesystem::path& path, const ReportData& report) {
  const std::string text = page(script_text(page_data(report)));
  ctnn::io::write_file_atomically(path, std::as_bytes(std::span(text)));
}

} // namespace trainer
