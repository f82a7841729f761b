/* SPDX-License-Identifier: GPL-2.0-only */
/* From a state to the next: a step, what is joined to it, and what it shows. */

/* --- preemptions ---------------------------------------------------------- */

/*
 * With a bound, the thread that ran last and the count belong to the state:
 * a word of its record behind those of memory.
 */
static u32 tag_of(u32 state)
{
	return record_of(state)[thread_count + 1];
}

/* The tag after a step of t from there; *over if that is one too many. */
static u32 next_tag(u32 from, u32 t, const u8 *choices, int *over)
{
	u32 tag = tag_of(from), last = tag & 0xf, count = tag >> 4;

	if (last && last - 1 != t && choices[last - 1])
		count++;
	*over = count > limits.preemptions;
	return count << 4 | (t + 1);
}

/* --- one move ------------------------------------------------------------- */

/* The scenario's check of a new state must leave no trace in it. */
static long check_state(u32 state)
{
	if (!scenario_invariant || invariant_is_known(record_of(state)))
		return CAME_BACK;
	restore(state);
	if (check_invariant() < 0) {
		undo();
		return CAME_FAILED;
	}
	if (unchanged()) {
		learn_invariant(record_of(state));
		return CAME_BACK;
	}
	undo();
	fail_here("model-unknown", "scenario_invariant changes the state");
	return CAME_FAILED;
}

/* Takes the step and all that can be joined to it. */
static inline long take_move(struct move *move)
{
	const struct step further = { move->step.thread, 0 };

	move->length = 1;
	if (take(move->step) < 0)
		return CAME_FAILED;
	while (reducing && move->length < JOINED_MAX && can_join(further.thread)) {
		long came;

		joined_chain = chain_of(further.thread);
		move->length++;
		joining = 1;
		came = take(further);
		joining = 0;
		if (came < 0)
			return CAME_FAILED;
	}
	return CAME_BACK;
}

static void add_graph_edge(u32 from, u32 to, int fresh, u32 thread)
{
	if (fresh) {
		restore(to);
		shared_hash[to] = hash_shared();
	}
	if (shared_hash[from] != shared_hash[to])
		add_arc(shared_hash[from], thread, shared_hash[to]);
}

/*
 * The number of the state that the move leads to, or -1. Memory may be in any
 * state, before and after it.
 */
static inline long make_move(u32 from, const struct outlook *o,
			     struct move *move, u32 ways, int *fresh)
{
	u32 t = move->step.thread;
	struct known own;
	const struct known *known, *key = key_in(o, move->step, &own, &known);

	if (key && is_of(known, key)) {
		transitions++;
		return recalled(record_of(from), t, known, fresh);
	}
	restore(from);
	strayed = 0;
	if (take_move(move) < 0) {
		undo();
		return CAME_FAILED;
	}
	capture(t);
	if (key)
		learn_step(key, t, ways, record_of(from));
	return number_captured(fresh);
}

static void follow(u32 from, const struct outlook *o, struct step step,
		   u32 ways)
{
	struct move move = { step, 1 };
	int fresh;
	long came = make_move(from, o, &move, ways, &fresh);
	u32 state = (u32)came;

	if (came < 0) {
		note_violation(from, move, 0);
		leads[from] = 1;
		return;
	}
	if (!bare)
		add_edge(state);
	if (graph_wanted)
		add_graph_edge(from, state, fresh, step.thread);
	if (!fresh)
		return;
	parents[state] = from;
	moves[state] = move;
	leads[state] = 0;
	if (!bare) {
		restore(state);
		look_for_races(state);
	}
	if (check_state(state) < 0) {
		note_violation(from, move, 0);
		leads[state] = NOWHERE;
	}
}
