#include <algorithm>

#include "proctor/base/base.h"

namespace proctor {
namespace {

struct FaultName {
  Fault fault;
  std::string_view name;
};
constexpr std::array fault_names = {
    FaultName{Fault::usage, "usage"},     FaultName{Fault::data, "data"},
    FaultName{Fault::io, "io"},           FaultName{Fault::store, "store"},
    FaultName{Fault::network, "network"}, FaultName{Fault::rejected, "rejected"},
    FaultName{Fault::denied, "denied"},   FaultName{Fault::cancelled, "cancelled"},
};

}  // namespace

std::string_view name_of(Fault fault) {
  return std::ranges::find(fault_names, fault, &FaultName::fault)->name;
}

std::optional<Fault> fault_named(std::string_view name) {
  const auto found = std::ranges::find(fault_names, name, &FaultName::name);
  if (found == fault_names.end()) return std::nullopt;
  return found->fault;
}

Error Error::in(std::string_view place) const {
  return {fault, fmt::format("{}: {}", place, message)};
}

}  // namespace proctor
