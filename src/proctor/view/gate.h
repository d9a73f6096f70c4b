// Who may ask. Not for other folders; these include view.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace proctor {

struct ViewRequest {
  std::string method;                                      // "GET"
  std::string path;                                        // "/head"
  std::vector<std::pair<std::string, std::string>> words;  // of the query, decoded
  std::vector<std::pair<std::string, std::string>> headers;

  // The first of that name; empty where there is none.
  std::string_view word(std::string_view name) const;
};

struct Gate {
  int port = 0;
  std::string token;
};

struct Refusal {
  int status = 403;
  std::string_view why;  // one line
};
// Nothing for a request that may be answered. The page itself is asked for with the
// token in its address, all else with the token in a header, which no page of another
// origin can send. There is no cookie: a browser would send that for anybody's page.
std::optional<Refusal> refusal(const ViewRequest& request, const Gate& gate);

}  // namespace proctor
