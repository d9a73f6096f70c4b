// An evaluation as values: what a user asks for (ModelSpec, ExamSpec), and what becomes
// of it: a chosen model, an exam, a run's name, a run. It has no terminal. What is the
// process's all the same: curl's global state, llama.cpp's log and its abort, and a
// fork that guards a server which is started. Whoever asks servers ignores SIGPIPE.
#pragma once

#include "proctor/exam/applicable.h"
#include "proctor/exam/checkup.h"
#include "proctor/exam/choose_model.h"
#include "proctor/exam/dotenv.h"
#include "proctor/exam/evaluate.h"
#include "proctor/exam/evaluation.h"
#include "proctor/exam/file_findings.h"
#include "proctor/exam/finding.h"
#include "proctor/exam/forecast.h"
#include "proctor/exam/open_model.h"
#include "proctor/exam/prepare.h"
#include "proctor/exam/preview.h"
#include "proctor/exam/run_between.h"
#include "proctor/exam/run_name.h"
#include "proctor/exam/second_tries.h"
#include "proctor/exam/secrets.h"
#include "proctor/exam/shard.h"
#include "proctor/exam/spec.h"
#include "proctor/exam/world.h"
