#include "proctor/cli/cli.h"

int main(int argc, char** argv) {
  return proctor::main_of_proctor(argc, argv);
}
