// All of Proctor for a program of yours: evaluate a model, read a stored run, compare
// two. Nothing here has a terminal; what is the process's all the same is said in
// exam/exam.h. See examples/cpp.
#pragma once

#include "proctor/chart/chart.h"
#include "proctor/dataset/dataset.h"
#include "proctor/exam/exam.h"
#include "proctor/hub/hub.h"
#include "proctor/page/page.h"
#include "proctor/peer/peer.h"
#include "proctor/report/report.h"
#include "proctor/run/run.h"
#include "proctor/store/store.h"
#include "proctor/study/study.h"
#include "proctor/view/view.h"
