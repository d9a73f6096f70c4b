// All of Proctor for a program of yours: evaluate a model, read a stored run, compare
// two. Nothing here has a terminal, and nothing of the process is changed. See
// examples/cpp.
#pragma once

#include "proctor/exam/exam.h"
#include "proctor/report/report.h"
#include "proctor/run/run.h"
#include "proctor/store/store.h"
#include "proctor/study/study.h"
