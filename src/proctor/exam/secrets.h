// The secrets that a model is asked with, and what may be kept of the words they stand
// in. Part of exam.h.
#pragma once

#include <string>
#include <string_view>

#include "proctor/base/base.h"
#include "proctor/exam/spec.h"

namespace proctor {

// In whatever way they come: keys of the environment, the spec's key variable, the
// hub's token, passwords of proxies, and those in headers, addresses, added fields and
// a server's command. The spec need not be one that choose_model() takes.
Secrets secrets_given(const ModelSpec& spec, const Environment& environment);

// The same texts with *** where a secret stood, however short: what names a run and is
// stored. A shell's command: values of --api-key and its like, and of NAME_KEY=….
std::string command_to_keep(std::string_view command);
// A JSON object: texts whose field has a secret's name.
std::string body_to_keep(const std::string& json);
// An address: without user and password and without parameters that are secrets.
std::string address_to_keep(std::string_view url);

}  // namespace proctor
