// The command line: options in, exit code out.
#pragma once

#include <functional>

#include "proctor/report/report.h"

namespace proctor {

int main_of_proctor(int argc, char** argv);

// What `body` gives. Where it throws, whatever that is: one line on stderr, in the
// language as it is then, and the exit code 1.
int without_throwing(const std::function<int()>& body, const Language& language);

}  // namespace proctor
