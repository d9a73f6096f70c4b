# What `cmake --install` gives beside the program and its plug-ins: the headers, the
# libraries, and a package, so that a program of yours says
#   find_package(proctor REQUIRED)
#   target_link_libraries(mine PRIVATE proctor::proctor)
include(CMakePackageConfigHelpers)

# Everything but the command line: #include <proctor/proctor.h>.
add_library(proctor_library INTERFACE)
add_library(proctor::proctor ALIAS proctor_library)
set_target_properties(proctor_library PROPERTIES EXPORT_NAME proctor)
target_compile_features(proctor_library INTERFACE cxx_std_20)
target_link_libraries(proctor_library INTERFACE proctor_exam proctor_peer proctor_view proctor_page proctor_chart proctor_report proctor_dataset proctor_hub)

set(libraries proctor_library)
foreach(folder IN LISTS proctor_folders)
  if(NOT folder MATCHES "^(console|cli)$")
    list(APPEND libraries proctor_${folder})
    install(DIRECTORY src/proctor/${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/proctor
            FILES_MATCHING PATTERN "*.h" PATTERN llama EXCLUDE PATTERN parquet_plugin EXCLUDE)
  endif()
endforeach()
install(FILES src/proctor/proctor.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/proctor)
install(TARGETS ${libraries} EXPORT proctor ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/proctor)
install(EXPORT proctor NAMESPACE proctor:: DESTINATION ${package} FILE proctorTargets.cmake)
configure_package_config_file(cmake/proctorConfig.cmake.in proctorConfig.cmake
                              INSTALL_DESTINATION ${package})
write_basic_package_version_file(proctorConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/proctorConfig.cmake
              ${PROJECT_BINARY_DIR}/proctorConfigVersion.cmake DESTINATION ${package})
