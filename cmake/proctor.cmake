include(GNUInstallDirs)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# The first target precompiles the headers, the others use what it has made.
function(proctor_precompile target first)
  if(NOT PROCTOR_PRECOMPILE)
    return()
  endif()
  if(target STREQUAL first)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${first})
  endif()
endfunction()

# A folder of src/proctor becomes the library proctor_<name>; all its sources are taken.
function(proctor_folder name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_library(proctor_${name} STATIC ${sources})
  target_include_directories(proctor_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
                                                    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_target_properties(proctor_${name} PROPERTIES EXPORT_NAME ${name})
  if(ARGN)
    target_link_libraries(proctor_${name} PUBLIC ${ARGN})
  endif()
  proctor_precompile(proctor_${name} proctor_base ${PROJECT_SOURCE_DIR}/src/proctor/base/base.h)
endfunction()

# Files of the source tree that the program holds, so that it needs no data folder:
# `function`() gives them, named as they are under `root`.
function(proctor_embed target function root)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc)
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed.cmake)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFUNCTION=${function} -DROOT=${root}
            "-DFILES=${ARGN}" -P ${script}
    DEPENDS ${ARGN} ${script}
    COMMENT "Embedding ${function}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

# A folder of tests becomes the test program <name>_tests, a ctest test a sentence.
function(proctor_tests name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_tests ${sources})
  target_include_directories(${name}_tests PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name}_tests PRIVATE PROCTOR_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name}_tests PRIVATE ${ARGN} GTest::gmock_main)
  if(PROCTOR_SANITIZE)
    # The sentences themselves take twice as long to compile with -O1, and run no faster.
    target_compile_options(${name}_tests PRIVATE -O0)
  endif()
  proctor_precompile(${name}_tests base_tests <gmock/gmock.h> <gtest/gtest.h>
                     ${PROJECT_SOURCE_DIR}/src/proctor/base/base.h)
  set(more "")
  if(name STREQUAL store)
    set(more FIXTURES_REQUIRED postgres ENVIRONMENT_MODIFICATION "PROCTOR_TEST_POSTGRES=set:${postgres_file}")
  endif()
  gtest_discover_tests(${name}_tests TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
    PROPERTIES ${more} ENVIRONMENT "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0")
endfunction()
