// What stored runs are worth: which are meant, a run's numbers, as its harness would
// print them and by every reader, two runs side by side, and what parts them. Nothing
// is asked here, and nothing written for a person.
#pragma once

#include "proctor/study/arithmetic.h"
#include "proctor/study/audit.h"
#include "proctor/study/explain.h"
#include "proctor/study/harness_score.h"
#include "proctor/study/marked_run.h"
#include "proctor/study/meant_runs.h"
#include "proctor/study/measures.h"
#include "proctor/study/missing.h"
#include "proctor/study/reply_line.h"
#include "proctor/study/run_forecast.h"
#include "proctor/study/running_counts.h"
#include "proctor/study/scored_run.h"
#include "proctor/study/sent_text.h"
#include "proctor/study/subjects_title.h"
