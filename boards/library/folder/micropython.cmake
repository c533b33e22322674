# A user C module of MicroPython, for its ports that are built by CMake: -DUSER_C_MODULES=<this file>
add_library(usermod_eqprop INTERFACE)
target_sources(usermod_eqprop INTERFACE
  ${CMAKE_CURRENT_LIST_DIR}/micropython/eqprop_module.c
  ${CMAKE_CURRENT_LIST_DIR}/src/eqprop.c
)
target_include_directories(usermod_eqprop INTERFACE ${CMAKE_CURRENT_LIST_DIR}/src)
target_link_libraries(usermod INTERFACE usermod_eqprop)
