// What people and other programs are shown: figures that others computed in, text and
// JSON out. Nothing is printed here, and a terminal is but a width.
#pragma once

#include "proctor/report/audit.h"
#include "proctor/report/breakdown.h"
#include "proctor/report/comparison.h"
#include "proctor/report/exam_tables.h"
#include "proctor/report/export.h"
#include "proctor/report/find_word.h"
#include "proctor/report/ink.h"
#include "proctor/report/language.h"
#include "proctor/report/manual.h"
#include "proctor/report/namesakes.h"
#include "proctor/report/next_step.h"
#include "proctor/report/phrases.h"
#include "proctor/report/progress_line.h"
#include "proctor/report/question_pages.h"
#include "proctor/report/run_titles.h"
#include "proctor/report/runs_table.h"
#include "proctor/report/summary.h"
#include "proctor/report/table.h"
#include "proctor/report/trial.h"
