/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry. Arguments are key=value: states, depth, seconds, megabytes, faults,
 * preemptions, reduce, recall, bare, walks, seed, graph, replay. Output is one
 * JSON object a line: sandbox; threads; then for each violation its steps and
 * itself; for each race its two sides and itself; the observed ends; the graph,
 * if wanted; summary. A replay prints replay in place of a summary.
 */

static const char *value_of(char **arguments, const char *key)
{
	for (; *arguments; arguments++) {
		const char *a = *arguments, *k = key;

		while (*k && *a == *k)
			a++, k++;
		if (!*k && *a == '=')
			return a + 1;
	}
	return NULL;
}

static u32 number_of(char **arguments, const char *key, u32 otherwise)
{
	const char *value = value_of(arguments, key);
	u32 n = 0;

	if (!value)
		return otherwise;
	for (; *value >= '0' && *value <= '9'; value++)
		n = n * 10 + (u32)(*value - '0');
	return n;
}

static void print_threads(void)
{
	out_open("threads");
	out_key("names");
	out_char('[');
	for (u32 t = 0; t < thread_count; t++) {
		if (t)
			out_raw(", ");
		out_string(threads[t].name);
	}
	out_char(']');
	out_close();
}

static void print_summary(void)
{
	out_open("summary");
	out_key("states");
	out_number(states.count);
	out_key("transitions");
	out_number(explored.transitions);
	out_key("depth");
	out_number(explored.depth);
	out_key("ends");
	out_number(explored.ends);
	out_key("bytes");
	out_number(pool_bytes(&pieces) + pool_bytes(&states));
	out_key("dropped");
	out_number(explored.dropped);
	out_key("unlisted");
	out_number(observations_lost);
	out_key("races_dropped");
	out_number(races_dropped);
	out_key("restarts");
	out_number(restarts);
	out_key("walks");
	out_number(walks.done);
	out_key("limit");
	out_string(explored.limit ? explored.limit : "");
	out_close();
}

static void search_and_report(void)
{
	search();
	if (explored.limit && states.count)
		walk_beyond();
	print_threads();
	for (u32 i = 0; i < violation_count; i++)
		trace_violation(&violations[i]);
	for (u32 i = 0; i < race_count; i++)
		trace_race(&races[i]);
	print_observations();
	if (graph_wanted)
		print_graph();
	print_summary();
}

static void print_replay(const char *result, u32 count)
{
	out_open("replay");
	out_key("result");
	out_string(result);
	out_key("steps");
	out_number(count);
	out_close();
}

static void replay_and_report(const char *schedule)
{
	long count = parse_schedule(schedule);
	struct outcome outcome;

	if (count < 0) {
		print_replay("no schedule", 0);
		return;
	}
	forget_observations();
	if (begin() < 0) {
		trace_failure(0);
		print_replay("violated", 0);
		return;
	}
	outcome = trace_run((u32)count);
	print_replay(outcome.failed ? "violated" :
		     outcome.diverged ? "diverged" : "held", outcome.steps);
}

__attribute__((used, noreturn))
static void engine_main(u64 *stack)
{
	char **arguments = (char **)(stack + 2);
	const char *schedule = value_of(arguments, "replay");

	initial_stack = (u64)stack;
	limits.states = number_of(arguments, "states", 50000000);
	limits.depth = number_of(arguments, "depth", STEPS_MAX);
	limits.seconds = number_of(arguments, "seconds", 60);
	limits.bytes = (u64)number_of(arguments, "megabytes", 1200) << 20;
	fault_budget = number_of(arguments, "faults", 0);
	limits.preemptions = number_of(arguments, "preemptions", NO_BOUND);
	walks.wanted = number_of(arguments, "walks", 0);
	bare = number_of(arguments, "bare", 0) != 0;
	walks.seed = number_of(arguments, "seed", 1);
	graph_wanted = number_of(arguments, "graph", 0) != 0;
	tagged = limits.preemptions != NO_BOUND;
	reducing = number_of(arguments, "reduce", 0) && !tagged &&
		   !schedule;
	recalling = number_of(arguments, "recall", 1) && !reducing;
	if (limits.depth >= STEPS_MAX)
		limits.depth = STEPS_MAX - 1;
	if (!reserve_all()) {
		out_raw("{\"event\": \"no memory\"}\n");
		leave(70);
	}
	memcpy(globals_at_start, model_start, (u64)(model_end - model_start));
	protect_guards();
	catch_signals();
	out_open("sandbox");
	out_key("seccomp");
	out_string(give_up_system_calls());
	out_close();
	if (schedule)
		replay_and_report(schedule);
	else
		search_and_report();
	leave(0);
}
