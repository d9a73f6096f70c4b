#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <jpeglib.h>

#include "proctor/chart/image.h"

namespace proctor {
namespace {

// libjpeg's way out of an error is a jump; nothing with a destructor lives between.
struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf out;
  char message[JMSG_LENGTH_MAX];
};

void leave(j_common_ptr common) {
  auto* manager = reinterpret_cast<ErrorManager*>(common->err);
  common->err->format_message(common, manager->message);
  std::longjmp(manager->out, 1);
}

// What libjpeg has written; the caller frees it.
struct Output {
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
};

bool compress(const Pixels& pixels, unsigned dots_per_inch, ErrorManager& errors,
              Output& output) {
  jpeg_compress_struct state;
  state.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = leave;
  if (setjmp(errors.out) != 0) {
    jpeg_destroy_compress(&state);
    return false;
  }
  jpeg_create_compress(&state);
  jpeg_mem_dest(&state, &output.bytes, &output.size);
  state.image_width = pixels.width;
  state.image_height = pixels.height;
  state.input_components = 3;
  state.in_color_space = JCS_RGB;
  jpeg_set_defaults(&state);
  jpeg_set_quality(&state, 95, TRUE);
  state.optimize_coding = TRUE;
  state.comp_info[0].h_samp_factor = 1;
  state.comp_info[0].v_samp_factor = 1;
  state.density_unit = 1;
  state.X_density = static_cast<UINT16>(dots_per_inch);
  state.Y_density = static_cast<UINT16>(dots_per_inch);
  jpeg_start_compress(&state, TRUE);
  while (state.next_scanline < state.image_height) {
    const std::size_t start = std::size_t{3} * state.next_scanline * pixels.width;
    auto* row = const_cast<unsigned char*>(pixels.bytes.data() + start);
    jpeg_write_scanlines(&state, &row, 1);
  }
  jpeg_finish_compress(&state);
  jpeg_destroy_compress(&state);
  return true;
}

}  // namespace

Result<std::string> jpeg_of(const Pixels& pixels, unsigned dots_per_inch) {
  ErrorManager errors;
  Output output;
  const bool done = compress(pixels, dots_per_inch, errors, output);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(output.bytes,
                                                                   &std::free);
  if (!done) return fail(Fault::io, "libjpeg: {}", errors.message);
  return std::string(reinterpret_cast<const char*>(output.bytes), output.size);
}

}  // namespace proctor
