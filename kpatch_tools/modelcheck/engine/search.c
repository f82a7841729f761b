/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Breadth first over all interleavings. A state's number is its place in the
 * order of discovery, so the queue is the numbers themselves, the first path to
 * a state is a shortest one (in moves: a step and what was joined to it), and a
 * cut says how many steps of every schedule were explored.
 */

static void warm_up(void);

/* --- one state ------------------------------------------------------------ */

static void finish(u32 state)
{
	const struct move none = { { 0, 0 }, 0 };
	int deadlock;

	restore(state);
	deadlock = is_deadlock();
	leads[state] = 1;
	if (check_end() < 0)
		note_violation(state, none, 1);
	undo();
	if (deadlock)
		return;
	explored.ends++;
	keep_observation();
	if (graph_wanted)
		add_arc(shared_hash[state], IS_END, 0);
}

/* Whether t may run next; sets the tag of the state that follows. */
static int may_run(u32 state, u32 t, const u8 *choices)
{
	int over;

	if (limits.preemptions == NO_BOUND)
		return 1;
	state_tag = next_tag(state, t, choices, &over);
	explored.preempted |= over;
	return !over;
}

/* enabled(), from memory only where it is not known. */
static inline long enabled_in(u32 state, const struct outlook *o, u8 *choices)
{
	long count = o ? recall(state, o, choices) : -1;

	if (count >= 0)
		return count;
	restore(state);
	count = enabled(choices);
	if (o && count >= 0)
		learn_waiting(o, choices);
	return count;
}

static void expand(u32 state)
{
	const struct move none = { { 0, 0 }, 0 };
	const struct outlook *o = recalling ? outlook_of(state) : NULL;
	u8 choices[ENG_THREADS];
	long count;

	if (leads[state] == NOWHERE)
		return;
	count = enabled_in(state, o, choices);
	if (count < 0) {
		note_violation(state, none, 1);
		leads[state] = 1;
		return;
	}
	if (!count) {
		finish(state);
		return;
	}
	for (u32 t = 0; t < thread_count; t++) {
		if (!choices[t] || !may_run(state, t, choices))
			continue;
		for (u32 value = 0; value < choices[t]; value++)
			follow(state, o, (struct step){ (u8)t, (u8)value },
			       choices[t]);
	}
}

/* --- all ------------------------------------------------------------------ */

static u64 bytes_used(void)
{
	u64 of_state = sizeof(*parents) + sizeof(*moves) +
		       sizeof(*edges_until) + sizeof(*leads);

	if (graph_wanted)
		of_state += sizeof(*shared_hash);
	return pool_bytes(&pieces) + reach_bytes() + pool_bytes(&states) +
	       states.count * of_state + edge_count * sizeof(*edges) +
	       (graph_wanted ? pool_bytes(&arcs) : 0);
}

static const char *limit_reached(void)
{
	/* each further run into the loop would cost a second */
	if (stuck)
		return "endless loop";
	if (states.count > limits.states)
		return "states";
	if (ticks > limits.seconds * TICKS_PER_SECOND)
		return "seconds";
	if (bytes_used() > limits.bytes)
		return "memory";
	return NULL;
}

/*
 * A limit was hit. Marks that were refuted on the way need another search,
 * unless there is no time for one: then nothing can be said of its depth.
 */
static int cut_short(int refuted)
{
	if (!refuted)
		return 0;
	if (!stuck && !same_text(explored.limit, "seconds"))
		return 1;
	explored.depth = 0;
	return 0;
}

/*
 * Explores all; 1 if what was learned makes it start again. That is done once
 * the search has doubled: what else it learns on the way costs no start of its
 * own.
 */
static int search_once(void)
{
	u32 level_end = 1, last = ~0u;

	for (u32 state = 0; state < states.count; state++) {
		if (state == level_end) {
			explored.depth++;
			level_end = states.count;
			if (explored.depth == limits.depth)
				explored.limit = "depth";
		}
		if (!explored.limit)
			explored.limit = limit_reached();
		if (explored.limit)
			return cut_short(last != ~0u);
		if (state >= last)
			return 1;
		expand(state);
		edges_until[state] = edge_count;
		if ((new_shared_stack || new_conflict) && last == ~0u)
			last = 2 * state + 1;
	}
	if (last != ~0u)
		return 1;
	if (explored.preempted)
		explored.limit = "preemptions";
	return 0;
}

/* Names those that never end, in a state that leads to no end. */
static void describe_livelock(u32 state)
{
	char list[320];
	struct text text = TEXT_IN(list);

	*list = 0;
	restore(state);
	for (u32 t = 0; t < thread_count; t++) {
		if (threads[t].status != DONE && !threads[t].worker)
			put(&text, "%s%s", *list ? ", " : "", threads[t].name);
	}
	fail_here("model-deadlock", "livelock: from here no schedule ends (%s)",
		  list);
	failure.frame_count = 0;
}

static void look_for_livelock(void)
{
	const struct move none = { { 0, 0 }, 0 };
	u32 state = first_livelock(states.count);

	if (state == states.count)
		return;
	describe_livelock(state);
	note_violation(state, none, 1);
	violations[violation_count - 1].lasting = 1;
}

static void forget_search(void)
{
	new_shared_stack = 0;
	violation_count = 0;
	race_count = 0;
	races_dropped = 0;
	edge_count = 0;
	leads[0] = 0;
	memset(&explored, 0, sizeof(explored));
	transitions = 0;
	forget_reliance();
	forget_observations();
	forget_graph();
	forget_known();
}

/* CAME_FAILED if the model fails before its first step. */
static long begin_search(void)
{
	const struct move none = { { 0, 0 }, 0 };

	forget_search();
	if (begin() < 0) {
		note_violation(0, none, 1);
		return CAME_FAILED;
	}
	if (graph_wanted)
		shared_hash[0] = hash_shared();
	return CAME_BACK;
}

static void search(void)
{
	if (begin_search() < 0)
		return;
	if (reducing) {
		warm_up();
		if (begin_search() < 0)
			return;
	}
	look_for_races(0);
	while (search_once()) {
		restarts++;
		if (begin_search() < 0)
			return;
		look_for_races(0);
	}
	explored.transitions = transitions;
	if (!explored.limit && !bare)
		look_for_livelock();
}
