#include <algorithm>
#include <array>

#include "proctor/chart/image.h"

namespace proctor {
namespace {

// ---- Sixels: rows of six pixels, colour by colour (DEC STD 070)
// -----------------------

constexpr unsigned levels = 6;  // of each primary colour
constexpr std::size_t colours = levels * levels * levels;
constexpr std::size_t band_height = 6;

std::size_t nearest_colour(const unsigned char* pixel) {
  const auto level = [](unsigned char c) { return (c * (levels - 1) + 127) / 255; };
  return (level(pixel[0]) * levels + level(pixel[1])) * levels + level(pixel[2]);
}

std::string palette() {
  std::string text;
  const auto percent = [](std::size_t level) { return level % levels * 20; };
  for (std::size_t i = 0; i < colours; ++i)
    text += fmt::format("#{};2;{};{};{}", i, percent(i / levels / levels),
                        percent(i / levels), percent(i));
  return text;
}

// Runs of more than three are counted.
void add_run(std::string& text, char sixel, std::size_t count) {
  if (count > 3)
    text += fmt::format("!{}{}", count, sixel);
  else
    text.append(count, sixel);
}

void add_line(std::string& text, std::size_t colour, const std::vector<char>& bits) {
  text += fmt::format("#{}", colour);
  std::size_t from = 0;
  for (std::size_t x = 1; x <= bits.size(); ++x) {
    if (x < bits.size() && bits[x] == bits[from]) continue;
    if (x < bits.size() || bits[from] != 0)
      add_run(text, static_cast<char>('?' + bits[from]), x - from);
    from = x;
  }
  text += '$';  // back to the line's begin
}

void add_band(std::string& text, const Pixels& pixels, std::size_t top) {
  std::array<std::vector<char>, colours> lines;
  for (std::size_t dy = 0; dy < band_height && top + dy < pixels.height; ++dy) {
    for (std::size_t x = 0; x < pixels.width; ++x) {
      const std::size_t at = 3 * ((top + dy) * pixels.width + x);
      auto& line = lines[nearest_colour(&pixels.bytes[at])];
      if (line.empty()) line.resize(pixels.width, 0);
      line[x] = static_cast<char>(line[x] | 1 << dy);
    }
  }
  for (std::size_t colour = 0; colour < colours; ++colour) {
    if (!lines[colour].empty()) add_line(text, colour, lines[colour]);
  }
  text += '-';  // to the next
}

}  // namespace

std::string kitty_of(std::string_view png) {
  constexpr std::size_t most = 4096;  // of a portion, as the protocol has it
  const std::string packed = base64_of(png);
  std::string text;
  for (std::size_t at = 0; at < packed.size(); at += most) {
    const bool has_more = at + most < packed.size();
    text += fmt::format("\x1B_G{}m={};{}\x1B\\", at == 0 ? "f=100,a=T," : "",
                        has_more ? 1 : 0, packed.substr(at, most));
  }
  return text + "\n";
}

std::string sixel_of(const Pixels& pixels) {
  std::string text =
      fmt::format("\x1BPq\"1;1;{};{}{}", pixels.width, pixels.height, palette());
  for (std::size_t top = 0; top < pixels.height; top += band_height)
    add_band(text, pixels, top);
  return text + "\x1B\\\n";
}

}  // namespace proctor
