// Runs as other harnesses write them: theirs read into a store, ours written as theirs.
// docs/exports.md has each form.
#pragma once

#include "proctor/peer/export_run.h"
#include "proctor/peer/peer_run.h"
#include "proctor/peer/store_run.h"
