#include "proctor/engine/plugin.h"

#include <exception>

#include <dlfcn.h>

namespace proctor {
namespace {

namespace fs = std::filesystem;

constexpr const char* plugin_name = "proctor_llama.so";

struct LoadedPlugin {
  fs::path path;
  const EnginePlugin* plugin = nullptr;
};

// Loaded once and never unloaded: dlopen of the same file gives the same library.
Result<LoadedPlugin> load_plugin() {
  const auto path = find_plugin_file(plugin_name);
  if (!path) {
    return fail(Fault::usage,
                "this proctor has no engine: {} is neither beside the program nor in "
                "../lib/proctor nor where PROCTOR_PLUGINS says; build it again after "
                "tools/get-llama (./quickstart does "
                "both), or serve the file with llama-server and take the model llama",
                plugin_name);
  }
  TRY(check_plugin_file(*path));
  // ggml puts a handler of its own in here, which starts a debugger to print where the
  // program was, with all arguments.
  const std::terminate_handler ours = std::get_terminate();
  void* const library = ::dlopen(path->c_str(), RTLD_NOW | RTLD_LOCAL);
  std::set_terminate(ours);
  if (library == nullptr) {
    const char* const reason = ::dlerror();
    return fail(Fault::data, "{} does not load ({}); build Proctor again",
                path->string(),
                for_terminal_line(reason == nullptr ? "no reason given" : reason));
  }
  const auto build =
      reinterpret_cast<ProctorEngineBuild*>(::dlsym(library, "proctor_engine_build"));
  const auto plugin =
      reinterpret_cast<ProctorEnginePlugin*>(::dlsym(library, "proctor_engine_plugin"));
  if (build == nullptr || plugin == nullptr ||
      std::string_view(build()) != PROCTOR_ENGINE_BUILD) {
    return fail(Fault::data,
                "{} is of another build than this proctor; build both again",
                path->string());
  }
  return LoadedPlugin{*path, plugin()};
}

}  // namespace

Result<FoundEngine> find_engine() {
  const LoadedPlugin loaded = TRY(load_plugin());
  return FoundEngine{loaded.path, loaded.plugin->version};
}

Result<std::vector<std::string>> chat_templates() {
  return TRY(load_plugin()).plugin->templates();
}

bool has_engine() {
  return load_plugin().has_value();
}

Result<std::unique_ptr<Engine>> load_engine(EngineOptions options) {
  const LoadedPlugin loaded = TRY(load_plugin().in(options.model.string()));
  return loaded.plugin->load(std::move(options));
}

Result<EngineForecast> forecast(const EngineOptions& options,
                                std::span<const EngineRequest> requests) {
  const LoadedPlugin loaded = TRY(load_plugin().in(options.model.string()));
  return loaded.plugin->forecast(options, requests);
}

Result<EngineOutlook> look_at(const EngineOptions& options) {
  const LoadedPlugin loaded = TRY(load_plugin().in(options.model.string()));
  return loaded.plugin->look_at(options);
}

}  // namespace proctor
