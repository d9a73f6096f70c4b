# Finds llama.cpp for the engine and sets PROCTOR_HAS_LLAMA. In this order: what
# find_package finds by itself (-Dllama_ROOT=, CMAKE_PREFIX_PATH, the system), then the
# one that tools/get-llama has built on this machine. That one alone brings llama-jinja,
# which renders the chat templates of model files.
set(PROCTOR_HAS_LLAMA OFF)
if(PROCTOR_ENGINE STREQUAL "OFF")
  message(STATUS "Engine: off (PROCTOR_ENGINE=OFF)")
  return()
endif()

execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/get-llama --where
                OUTPUT_VARIABLE llama_prefix OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET RESULT_VARIABLE llama_missing)
# A build folder remembers where it found things. What it remembers of a prefix that an
# older tools/get-llama made is not what is built today.
if(NOT llama_missing AND llama_DIR MATCHES "^(.*/proctor/llama-[0-9]+)/")
  set(former ${CMAKE_MATCH_1}/)
  string(FIND "${llama_prefix}" "${former}" at)
  if(NOT at EQUAL 0)
    get_cmake_property(names CACHE_VARIABLES)
    foreach(name ${names})
      string(FIND "${${name}}" "${former}" at)
      if(at EQUAL 0)
        unset(${name} CACHE)
      endif()
    endforeach()
  endif()
endif()

find_package(llama CONFIG QUIET)
if(NOT llama_FOUND)
  if(NOT llama_missing)
    find_package(llama CONFIG QUIET PATHS ${llama_prefix} NO_DEFAULT_PATH)
  endif()
endif()

if(llama_FOUND)
  # Params go by value, so header and library must be of one version, and not older than
  # the interface that the engine is written to.
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_LIBRARIES llama)
  check_cxx_source_compiles("
    #include <llama.h>
    int main() {
      auto params = llama_context_default_params();
      params.n_outputs_max = 1;
      params.kv_unified = true;
      params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_AUTO;
      return llama_version() == nullptr;
    }" PROCTOR_LLAMA_IS_NEW_ENOUGH)
  unset(CMAKE_REQUIRED_LIBRARIES)
  if(PROCTOR_LLAMA_IS_NEW_ENOUGH)
    set(PROCTOR_HAS_LLAMA ON)
    set(jinja_library ${LLAMA_LIB_DIR}/libllama-jinja.a)
    set(jinja_include ${LLAMA_INCLUDE_DIR}/llama-jinja)
    if(EXISTS ${jinja_library} AND EXISTS ${jinja_include}/jinja/runtime.h)
      add_library(llama_jinja STATIC IMPORTED)
      set_target_properties(llama_jinja PROPERTIES
        IMPORTED_LOCATION ${jinja_library}
        INTERFACE_INCLUDE_DIRECTORIES ${jinja_include}
        INTERFACE_COMPILE_DEFINITIONS PROCTOR_HAS_JINJA
        INTERFACE_LINK_LIBRARIES "ggml::ggml-base")
      message(STATUS "Engine: llama.cpp of ${llama_DIR}")
    else()
      message(STATUS "Engine: llama.cpp of ${llama_DIR}, without llama-jinja: models' "
                     "own chat templates are refused; tools/get-llama builds both")
    endif()
    return()
  endif()
  set(llama_problem "llama.cpp of ${llama_DIR} is too old; 0.5 or newer is needed")
else()
  set(llama_problem "llama.cpp was not found; tools/get-llama builds it, -Dllama_ROOT= names one")
endif()
if(PROCTOR_ENGINE STREQUAL "ON")
  message(FATAL_ERROR "PROCTOR_ENGINE=ON: ${llama_problem}")
endif()
message(STATUS "Engine: off (${llama_problem})")
