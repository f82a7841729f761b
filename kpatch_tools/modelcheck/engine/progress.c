/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Progress. A state from which no schedule leads to an end, a deadlock or a
 * violation is a livelock: its threads step forever. What some schedule could
 * still leave is none.
 *
 * The search keeps every edge; afterwards "leads to an end" is handed back from
 * state to state. States are gone through from the last found to the first, so
 * that one pass does for all but edges back to earlier states; passes go on
 * until one changes nothing. There are as many as the shortest ways to an end
 * have such edges, which on models of code that ends is a handful.
 */

static u32 *edges;		/* successors, state after state */
static u32 *edges_until;	/* by state: the end of its part of `edges` */
static u8 *leads;		/* by state: to an end, as far as known */
static u32 edge_count;

static inline void add_edge(u32 to)
{
	edges[edge_count++] = to;
}

static int pass_back(u32 count)
{
	int changed = 0;

	for (u32 state = count; state--; ) {
		u32 at = state ? edges_until[state - 1] : 0;

		if (leads[state])
			continue;
		while (at < edges_until[state] && !leads[edges[at]])
			at++;
		if (at < edges_until[state])
			changed = leads[state] = 1;
	}
	return changed;
}

/* The first state that leads nowhere; `count` if there is none. */
static u32 first_livelock(u32 count)
{
	u32 state = 0;

	while (pass_back(count))
		;
	while (state < count && leads[state])
		state++;
	return state;
}
