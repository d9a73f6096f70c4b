// Marks, counts and intervals. Every formula's source stands beside it.
#pragma once

#include "proctor/score/account.h"
#include "proctor/score/aggregation.h"
#include "proctor/score/calibration.h"
#include "proctor/score/count.h"
#include "proctor/score/near_ties.h"
#include "proctor/score/paired.h"
#include "proctor/score/tally.h"
