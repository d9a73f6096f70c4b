// Runs as one page of HTML that needs nothing but a browser: their figures, two of them
// side by side, and every question with what was replied to it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/report/report.h"
#include "proctor/store/store.h"
#include "proctor/study/study.h"

namespace proctor {

struct PageSetting {
  Language language = Language::en;  // at first: the page has both
  WallTime made{};
  std::string version;  // Proctor's
  Look look;            // of every run
  // The command that asks a run again; empty where it is not known. May be empty
  // itself.
  std::function<std::string(const Dataset& dataset, const RunInfo& info)> command;
};

struct Page {
  std::string html;
  std::string json;   // its figures, a line without its end
  std::string about;  // "2 runs, 120 questions"
};

// The page of those runs, in that order. A question that several runs asked is in it
// once, and so is its text. Nothing in it is loaded from elsewhere, and no script runs
// but its own, which has its hash in the page's policy: replies and questions are data,
// packed so that none of them can end its element. The same runs and setting give the
// same bytes. Fault::usage where no run is named, a run's data set has no such subject,
// or no question was asked.
Result<Page> run_page(Store& store, std::span<const StoredRun> runs,
                      const PageSetting& setting);

// What a page's script reads by name: columns, texts of questions, replies.
struct PagePart {
  std::string id, bytes;
};

// The same for who serves it while runs go on (view): the figures, which the page asks
// for again and again, and the parts, which it asks for where they are looked at and
// have changed.
struct LivePage {
  std::string title;
  std::string head;  // JSON; `live` has each part's SHA-256
  std::vector<PagePart> parts;
};
// `stored`: the runs to choose from. Also of no run: then the page has nothing to show.
Result<LivePage> live_page(Store& store, std::span<const StoredRun> shown,
                           std::span<const StoredRun> stored,
                           const PageSetting& setting);

// The document that shows it, without its parts, and the policy that it must be sent
// with: it may ask whoever it is from, and nobody else.
struct ServedPage {
  std::string html, policy;
};
ServedPage served_page(const LivePage& page, const PageSetting& setting);

}  // namespace proctor
