// Writes report.html from a description in JSON, so that report_in_browser.py makes the pictures and
// knows them independently of the code under test. Exits as a trainer would.
//
// usage: make_report DESCRIPTION METRICS REPORT

#include <cstdio>
#include <fstream>

#include <nlohmann/json.hpp>

#include <ctnn/core/error.hpp>

#include "trainer/exit_code.hpp"
#include "trainer/report/report.hpp"

namespace {

trainer::Picture picture(const nlohmann::json& json) {
  return {json.at("pixels"), json.at("rows"), json.at("cols"), json.at("label")};
}

trainer::ReportData report(const nlohmann::json& json, const char* metrics) {
  trainer::ReportData data{.title = json.at("title"),
                           .metrics = metrics,
                           .rates = {},
                           .facts = json.at("facts"),
                           .texts = json.at("texts"),
                           .augmented = {},
                           .mistakes = {},
                           .class_names = json.at("class_names"),
                           .dark_paper = json.at("dark_paper")};
  for (const auto& one : json.at("rates")) data.rates.push_back({one.at(0), one.at(1)});
  for (const auto& one : json.at("augmented")) data.augmented.push_back(picture(one));
  for (const auto& one : json.at("mistakes"))
    data.mistakes.push_back({picture(one.at("picture")), one.at("index"), one.at("predicted"),
                             one.at("probability"), one.at("probability_of_label")});
  return data;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  try {
    std::ifstream file(argv[1]);
    trainer::write_report(argv[3], report(nlohmann::json::parse(file), argv[2]));
  } catch (const ctnn::Error& error) {
    std::fprintf(stderr, "make_report: error: %s\n", error.what());
    return static_cast<int>(trainer::exit_code(error.code));
  }
}
