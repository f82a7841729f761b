/* SPDX-License-Identifier: GPL-2.0-only */
/* From numbers back to memory: only what differs from now is copied. */

static void leaf_places(u32 leaf, u8 **live, u8 **shadow)
{
	const struct region *r = &globals_region;
	u32 t, k;

	if (leaf < HEAP_FIRST) {
		if (leaf < DEEP_FIRST) {
			t = leaf / FAN;
			k = leaf % FAN - 1;
		} else {
			t = (leaf - DEEP_FIRST) / STACK_LEAVES;
			k = (leaf - DEEP_FIRST) % STACK_LEAVES;
		}
		*live = stack_top(t) - (k + 1) * LEAF;
		*shadow = shadow_top(t) - (k + 1) * LEAF;
		return;
	}
	if (leaf < MAP_FIRST)
		r = &heap_region;
	else if (leaf < GLOBALS_FIRST)
		r = &map_region;
	*live = r->live + (leaf - r->first) * LEAF;
	*shadow = r->shadow + (leaf - r->first) * LEAF;
}

/* Takes the status word of a stack's record apart. */
static void load_status(u32 t)
{
	u32 word = numbers[0][t * FAN];
	u32 before = threads[t].extent;

	threads[t].status = word & 7;
	threads[t].sp = stack_top(t) - (word >> 3);
	threads[t].extent = extent_of(t);
	/* a zero leaf has the number of no leaf, so it was not copied */
	for (u32 k = before; k < threads[t].extent; k++) {
		u8 *end = stack_top(t) - k * LEAF;

		if (!numbers[0][stack_leaf(t, k)])
			clear(end - LEAF, end);
	}
}

static inline void restore_leaf(u32 leaf, u32 number)
{
	const u64 *record = pieces.records + (u64)number * (LEAF / 8);
	u8 *live, *shadow;

	if (numbers[0][leaf] == number)
		return;
	numbers[0][leaf] = number;
	leaf_places(leaf, &live, &shadow);
	copy_leaf(live, record);
	copy_leaf(shadow, record);
}

static inline const u32 *children_of(u32 number)
{
	return (const u32 *)(pieces.records + (u64)number * (LEAF / 8));
}

/* A record of leaves; most of them, as a rule, are there already. */
static inline void restore_row(u32 index, const u32 *child)
{
	const u64 *now = (const u64 *)&numbers[0][index * FAN];
	const u64 *then = (const u64 *)child;

	for (u32 i = 0; i < FAN / 2; i++) {
		if (likely(now[i] == then[i]))
			continue;
		restore_leaf(index * FAN + 2 * i, child[2 * i]);
		restore_leaf(index * FAN + 2 * i + 1, child[2 * i + 1]);
	}
}

static void restore_tree(u32 height, u32 index, u32 number)
{
	const u32 *child = children_of(number);

	if (numbers[height][index] == number)
		return;
	numbers[height][index] = number;
	if (height == 1) {
		restore_row(index, child);
		return;
	}
	for (u32 i = 0; i < FAN; i++)
		restore_tree(height - 1, index * FAN + i, child[i]);
}

static inline void restore_stack(u32 t, u32 number)
{
	const u32 *child = children_of(number);

	if (numbers[1][t] == number)
		return;
	numbers[1][t] = number;
	numbers[0][t * FAN] = child[0];		/* no leaf: the status */
	restore_row(t, child);
}

/* The numbers of the threads' records, and of the shared one. */
static inline const u32 *record_of(u32 state)
{
	return (const u32 *)(states.records + (u64)state * states.words);
}

static void restore_shared(u32 number)
{
	const u32 *child = children_of(number);

	if (shared_number == number)
		return;
	shared_number = number;
	for (u32 i = 0; i < child_count; i++)
		restore_tree(children[i].height, children[i].index, child[i]);
}

static void restore(u32 state)
{
	const u32 *record = record_of(state);

	for (u32 t = 0; t < thread_count; t++)
		restore_stack(t, record[t]);
	restore_shared(record[thread_count]);
	for (u32 t = 0; t < thread_count; t++)
		load_status(t);
}

/* --- the shadow against memory -------------------------------------------- */

static void copy_back(u8 *to, const u8 *from, u32 bytes)
{
	for (u32 at = 0; at < bytes; at += LEAF)
		copy_leaf(to + at, from + at);
}

/* Makes memory what the current numbers say: a run was tried and is dropped. */
static void undo(void)
{
	u32 size = (u32)(model_end - model_start);

	for (u32 t = 0; t < thread_count; t++) {
		u32 live = threads[t].extent * LEAF;

		copy_back(stack_top(t) - live, shadow_top(t) - live, live);
		load_status(t);
	}
	for (u32 arena = 0; arena < ARENAS; arena++) {
		/* a run can only have used more of it */
		u32 at = arena * ENG_HEAP, used = model.used[arena];

		copy_back(heap + at, heap_shadow + at, used);
		copy_back(heap_map + at / GRANULE, map_shadow + at / GRANULE,
			  used / GRANULE);
	}
	copy_back(model_start, globals_shadow, size);
}

/* Whether globals and heap are as the current numbers say. */
static int unchanged(void)
{
	if (!same_words((u64 *)model_start, (u64 *)globals_shadow,
			(u32)(model_end - model_start) / 8))
		return 0;
	for (u32 arena = 0; arena < ARENAS; arena++) {
		u32 at = arena * ENG_HEAP;

		if (!same_words((u64 *)(heap + at), (u64 *)(heap_shadow + at),
				model.used[arena] / 8))
			return 0;
	}
	return 1;
}

/* --- the shape of the state ----------------------------------------------- */

static void add_child(u32 height, u32 leaf)
{
	children[child_count].height = (u8)height;
	children[child_count++].index = leaf >> LEVEL(height);
}

/* Once the threads are declared. False if the globals are too large. */
static int shape_state(void)
{
	u32 size = (u32)(model_end - model_start), room, trees, height = 1;

	child_count = 0;
	add_child(3, DEEP_FIRST);
	add_child(heap_region.height, HEAP_FIRST);
	add_child(map_region.height, MAP_FIRST);
	room = FAN - child_count;
	do {
		u32 covers = LEAF << LEVEL(height);

		trees = (size + covers - 1) / covers;
	} while (trees > room && ++height < 4);
	if (size > GLOBALS_MAX || height > 3)
		return 0;
	globals_region.height = height;
	for (u32 i = 0; i < trees; i++)
		add_child(height, GLOBALS_FIRST + (i << LEVEL(height)));
	return 1;
}

static u32 state_words(void)
{
	return (thread_count + 1 + (u32)tagged + 1) / 2;
}

/* No state is stored, and memory is all zero but for the globals. */
static void forget_states(void)
{
	u64 zero[LEAF / 8] = { 0 };
	int fresh;

	for (u32 h = 0; h < 4; h++)
		for (u32 i = 0; i < (u32)LEAVES >> LEVEL(h); i++)
			numbers[h][i] = 0;
	for (u32 t = 0; t < ENG_THREADS; t++)
		clear(stacks[t] + GUARD, stack_top(t));
	clear((u8 *)stack_shadows, (u8 *)stack_shadows + sizeof(stack_shadows));
	clear(globals_shadow, globals_shadow + (model_end - model_start));
	clear(heap, heap + HEAP_BYTES);
	clear(heap_shadow, heap_shadow + HEAP_BYTES);
	clear(heap_map, heap_map + MAP_BYTES);
	clear(map_shadow, map_shadow + MAP_BYTES);
	pool_empty(&pieces, LEAF / 8);
	pool_number(&pieces, zero, LEAF / 8, &fresh);
	shared_number = 0;
	pool_empty(&states, state_words());
}
