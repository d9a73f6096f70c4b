# Read by llama.cpp's own project() when tools/get-llama builds it: its helper library,
# which Proctor does not use, is two fifths of the compile time.
set(LLAMA_BUILD_COMMON OFF)
