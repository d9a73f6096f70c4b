#include "proctor/engine/plugin.h"

#include <cstdlib>
#include <exception>
#include <system_error>

#include <dlfcn.h>

namespace proctor {
namespace {

namespace fs = std::filesystem;

constexpr const char* plugin_name = "proctor_llama.so";

fs::path program_folder() {
  std::error_code error;
  fs::path program = fs::read_symlink("/proc/self/exe", error);
  Dl_info info{};
  if (error && ::dladdr(reinterpret_cast<const void*>(&program_folder), &info) != 0) {
    program = fs::absolute(info.dli_fname, error);
  }
  return program.parent_path();
}

// As the Parquet plug-in is found. The variable is the process's own, not .env's: a
// working folder must not choose what code is loaded.
std::optional<fs::path> find_plugin_file(const std::string& name) {
  std::vector<fs::path> folders;
  if (const char* set = std::getenv("PROCTOR_PLUGINS"); set != nullptr && *set != 0) {
    folders.emplace_back(set);
  }
  const fs::path here = program_folder();
  folders.insert(folders.end(),
                 {here, here / "../lib/proctor", here / "../lib64/proctor"});
  for (const fs::path& folder : folders) {
    std::error_code error;
    if (fs::exists(folder / name, error)) return (folder / name).lexically_normal();
  }
  return std::nullopt;
}

struct LoadedPlugin {
  fs::path path;
  const EnginePlugin* plugin = nullptr;
};

// LoadedPlugin once and never unloaded: dlopen of the same file gives the same library.
Result<LoadedPlugin> load_plugin() {
  const auto path = find_plugin_file(plugin_name);
  if (!path) {
    return fail(
        Fault::usage,
        "this proctor has no engine: {} is neither beside the program nor in "
        "../lib/proctor; build it again after tools/get-llama (./quickstart does "
        "both), or serve the file with llama-server and take the model llama",
        plugin_name);
  }
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

}  // namespace proctor
