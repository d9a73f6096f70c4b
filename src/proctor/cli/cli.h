// The command line: options in, exit code out.
#pragma once

namespace proctor {

int main_of_proctor(int argc, char** argv);

}  // namespace proctor
