# The models that tests ask: made while building, since no weights are in the repository.
# Where there is no Python with numpy and gguf, those tests skip and say so.
set(PROCTOR_TEST_MODELS ${CMAKE_CURRENT_BINARY_DIR}/models)
target_compile_definitions(engine_tests PRIVATE PROCTOR_TEST_MODELS="${PROCTOR_TEST_MODELS}")
target_link_libraries(engine_tests PRIVATE proctor_backend proctor_dataset proctor_prompt
                                           ${CMAKE_DL_LIBS})
if(TARGET proctor_llama)
  add_dependencies(engine_tests proctor_llama)
endif()

execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/get-llama --where RESULT_VARIABLE none
                OUTPUT_QUIET ERROR_QUIET)
if(NOT none)
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/get-llama --python
                  OUTPUT_VARIABLE python OUTPUT_STRIP_TRAILING_WHITESPACE)
else()
  set(python python3)
endif()
execute_process(COMMAND ${python} -c "import numpy, gguf" RESULT_VARIABLE none ERROR_QUIET)
if(none)
  message(STATUS "Test models: none (${python} has no numpy and gguf)")
  return()
endif()

set(maker ${PROJECT_SOURCE_DIR}/tests/fakes/make_tiny_gguf.py)
foreach(size nano tiny)
  add_custom_command(
    OUTPUT ${PROCTOR_TEST_MODELS}/${size}.gguf
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROCTOR_TEST_MODELS}
    COMMAND ${python} ${maker} ${PROCTOR_TEST_MODELS}/${size}.gguf --size ${size} --context 16384
    DEPENDS ${maker} VERBATIM COMMENT "Making the test model ${size}.gguf")
  list(APPEND models ${PROCTOR_TEST_MODELS}/${size}.gguf)
endforeach()
add_custom_target(test_models ALL DEPENDS ${models})
add_dependencies(engine_tests test_models)
