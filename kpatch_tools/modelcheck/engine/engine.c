/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine is one unit: nothing of it but the ABI can be named from outside.
 */
#include "engine.h"
#include "types.h"
#include "machine.c"
#include "text.c"
#include "pool.c"
#include "heap.c"
#include "memory.c"
#include "restore.c"
#include "thread.c"
#include "access.c"
#include "callbacks.c"
#include "observe.c"
#include "step.c"
#include "search.c"
#include "schedule.c"
#include "trace.c"
#include "sandbox.c"
#include "main.c"
