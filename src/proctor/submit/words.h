// Not for other folders.
#pragma once

#include <string>

#include "proctor/submit/submit.h"

namespace proctor {

// "proctor run MODEL …", as a shell reads it.
std::string words_for_shell(const ExamJob& job);

// Fault::usage for a folder whose name would mean more than that.
Status check_job(const ExamJob& job);

}  // namespace proctor
