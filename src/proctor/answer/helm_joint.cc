// HELM Lite's rule for mmlu: the stripped reply is a label. " B\n" is B, "B." none.
#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"

namespace proctor {

Answer read_helm_joint(const Reading& reading) {
  const std::string_view text = python_strip(reading.reply);
  if (text.size() != 1 || reading.labels.find(text[0]) == std::string_view::npos) {
    return named(std::nullopt, "");
  }
  return named(text[0], "whole reply");
}

}  // namespace proctor
