#include <array>
#include <csignal>

#include <nlohmann/json.hpp>

#include "proctor/cli/specs.h"
#include "proctor/view/view.h"

namespace proctor {

Result<int> view_command(const Arguments& given, World& world) {
  Arguments arguments = given;
  if (arguments.positional.size() > 1)
    return fail(Fault::usage, "expected one store, found {}",
                arguments.positional.size());
  for (const std::string& store : given.positional) arguments.add("--store", store);
  const auto port = TRY(arguments.number<int>("--port", {.least = 1, .most = 65535}));
  const Language language = world.console.language();
  const auto view = TRY(View::open(
      {.open = [&] { return open_for_reading(arguments); },
       .among = among_of(arguments),
       .page = {.language = language,
                .version = PROCTOR_VERSION,
                .look = look_of(arguments),
                .command = command_again},
       .port = port.value_or(0),
       .say =
           [&](auto english) { return with_flags(translated(language, english)); }}));
  const std::string address = view->address();
  const nlohmann::json json = {{"address", address}};
  world.console.print_now((arguments.has("--json") ? json.dump() : address) + "\n");
  if (arguments.has("--open")) {
    if (const auto opened = open_address(address, world.environment); !opened)
      world.console.tell(opened.error().message);
  }
  const int signal = view->serve(std::array{SIGINT, SIGTERM, SIGHUP});
  return signal == SIGINT ? complete : 128 + signal;
}

}  // namespace proctor
