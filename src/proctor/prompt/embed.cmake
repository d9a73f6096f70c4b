# Writes OUTPUT, a source file that holds every FOLDER/*.toml as a raw string.
file(GLOB files ${FOLDER}/*.toml)
list(SORT files)
set(rows "")
foreach(file ${files})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND rows "    {\"${name}\", R\"toml(${text})toml\"},\n")
endforeach()
list(LENGTH files count)
file(WRITE ${OUTPUT} "// Generated from data/protocols by embed.cmake.
#include \"proctor/prompt/embedded.h\"

namespace proctor {
namespace {

constexpr EmbeddedProtocol table[${count}] = {
${rows}};

}  // namespace

std::span<const EmbeddedProtocol> embedded_protocols() { return table; }

}  // namespace proctor
")
