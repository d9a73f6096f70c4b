// What the subjects of a run are called. Part of study.h.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "proctor/score/score.h"
#include "proctor/store/store.h"

namespace proctor {

using Names = std::set<std::string, std::less<>>;

// A name that is true of exactly these: one subject's own; "all" where they are all
// that the data set has; a category that has these and no other ("stem"); up to three
// with commas between, as --subject takes them; else "18 subjects". Empty for none.
std::string subjects_title(const Names& counted, const Names& all,
                           std::string_view dataset);
// Of what a tally counts. `dataset`: the whole of what the run could be asked.
std::string subjects_title(const Tally& tally, const Dataset& dataset);
// Of those with a reply.
std::string subjects_title(const std::vector<SubjectReplies>& subjects,
                           std::string_view dataset);
// The same with how many they are, where that is not said: "stem (18 subjects)".
std::string with_count(const std::string& title, std::size_t subjects);

}  // namespace proctor
