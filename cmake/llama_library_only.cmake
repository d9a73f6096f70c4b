# Read by llama.cpp's own project() when tools/get-llama builds it. Its helper library is
# two fifths of the compile time, and Proctor wants one thing of it: the engine that
# renders the chat templates of model files. That is built alone, as llama-jinja.
set(LLAMA_BUILD_COMMON OFF)

set(jinja_common ${CMAKE_CURRENT_SOURCE_DIR}/common)
file(GLOB jinja_sources ${jinja_common}/jinja/*.cpp)
file(GLOB jinja_headers ${jinja_common}/jinja/*.h)
list(LENGTH jinja_sources jinja_count)
if(jinja_count EQUAL 0)
  message(FATAL_ERROR "${jinja_common}/jinja holds no sources: llama.cpp has moved its Jinja")
endif()
add_library(llama-jinja STATIC ${jinja_sources} ${jinja_common}/json.cpp
                               ${jinja_common}/unicode.cpp)
target_include_directories(llama-jinja PRIVATE
  ${jinja_common} ${CMAKE_CURRENT_SOURCE_DIR}/vendor
  ${CMAKE_CURRENT_SOURCE_DIR}/ggml/include)
target_compile_features(llama-jinja PRIVATE cxx_std_17)
set_target_properties(llama-jinja PROPERTIES
  POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
# Beside libllama and llama.h, where llama-config.cmake says that these are.
include(GNUInstallDirs)
install(TARGETS llama-jinja ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${jinja_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/llama-jinja/jinja)
