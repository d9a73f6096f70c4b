// What stored runs are worth: a run's numbers, as its harness would print them, and two
// runs side by side. Nothing is asked here, and nothing written for a person.
#pragma once

#include "proctor/study/arithmetic.h"
#include "proctor/study/harness_score.h"
#include "proctor/study/marked_run.h"
#include "proctor/study/scored_run.h"
#include "proctor/study/subjects_title.h"
