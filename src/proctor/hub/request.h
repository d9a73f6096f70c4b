// Requests to the hub: redirects, the token's rule, tries and pauses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proctor/base/base.h"
#include "proctor/http/http.h"
#include "proctor/hub/hub.h"
#include "proctor/hub/settings.h"

namespace proctor {

enum class Redirects {
  at_home,  // followed while they stay on the hub's hosts; a foreign one is the answer
  everywhere,  // followed to any host, without the token
};

// One try. The answer is never a redirect that was to be followed; more than five of
// them are Fault::denied. The token goes to the hub's own hosts only.
Result<HttpResponse> ask_hub(HttpRequest request, Redirects redirects,
                             const HubSettings& settings, HubWorld& world);

// Whether the same request may succeed later: 408, 429, 500, 502, 503, 504.
bool is_passing(int status);
// What a status that is no 2xx means; `what` names the thing asked for.
Error status_error(const HttpResponse& response, std::string_view what,
                   const HubSettings& settings);

// The tries one request has, and the pauses between them.
class Tries {
 public:
  Tries(HubPatience patience, HubWorld& world);
  // Whether there is one more; if so, a pause has passed.
  bool another(const HttpResponse* response = nullptr);
  // Something came of the last one, so it does not count.
  void forgive() { used_ = 0; }

 private:
  HubPatience patience_;
  HubWorld& world_;
  int used_ = 0;
};

// ask_hub() until the answer is not a passing trouble, or the tries are used up. Fails
// with what the last try brought.
Result<HttpResponse> ask_hub_patiently(const HttpRequest& request, Redirects redirects,
                                       std::string_view what,
                                       const HubSettings& settings, HubWorld& world,
                                       HubPatience patience);

}  // namespace proctor
