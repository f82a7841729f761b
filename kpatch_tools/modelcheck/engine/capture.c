/* SPDX-License-Identifier: GPL-2.0-only */
/* From memory to numbers: what differs from the shadow gets new ones. */

static inline void mark(u32 height, u32 index)
{
	if (dirty[height].marked[index])
		return;
	dirty[height].marked[index] = 1;
	dirty[height].list[dirty[height].count++] = index;
}

/* Leaves that are not what the numbers say; their shadows are. */
static struct {
	u32 count;
	struct { u32 leaf, hash; const u8 *shadow; } list[LEAVES];
} changed;

static inline void note_changed(u32 leaf, const u8 *live, u8 *shadow)
{
	u32 hash = hash_words((u64 *)live, LEAF / 8), n = changed.count++;

	pool_expect(&pieces, hash);
	copy_leaf(shadow, live);
	changed.list[n].leaf = leaf;
	changed.list[n].hash = hash;
	changed.list[n].shadow = shadow;
}

/* Once all are noted: so the table's slots are at hand. */
static inline void number_changed(void)
{
	for (u32 i = 0; i < changed.count; i++) {
		u32 leaf = changed.list[i].leaf;
		int fresh;

		numbers[0][leaf] = pool_hashed(&pieces,
			(const u64 *)changed.list[i].shadow, LEAF / 8,
			changed.list[i].hash, &fresh);
		mark(1, leaf / FAN);
	}
	changed.count = 0;
}

/* The first leaf in [at, end) that differs from its shadow, or end. */
static inline u32 next_changed(const u8 *live, const u8 *shadow, u32 at, u32 end)
{
	while (at < end && likely(same_leaf(live + at, shadow + at)))
		at += LEAF;
	return at;
}

/* Of the record that a leaf's numbers end in, which is a state's own. */
static inline u32 height_above(u32 leaf)
{
	if (leaf < DEEP_FIRST)
		return 1;
	if (leaf < MAP_FIRST)
		return 3;	/* `deep` and the heap */
	return leaf < GLOBALS_FIRST ? map_region.height : globals_region.height;
}

/* Numbers the records above the leaves that changed. */
static inline void close_up(void)
{
	for (u32 height = 1; height <= 3; height++) {
		const u32 *below = numbers[height - 1];

		for (u32 i = 0; i < dirty[height].count; i++) {
			u32 at = dirty[height].list[i];

			dirty[height].hash[i] =
				hash_words((u64 *)&below[at * FAN], LEAF / 8);
			pool_expect(&pieces, dirty[height].hash[i]);
		}
		for (u32 i = 0; i < dirty[height].count; i++) {
			u32 at = dirty[height].list[i];
			int fresh;

			dirty[height].marked[at] = 0;
			numbers[height][at] = pool_hashed(&pieces,
				(u64 *)&below[at * FAN], LEAF / 8,
				dirty[height].hash[i], &fresh);
			if (height < height_above(at << LEVEL(height)))
				mark(height + 1, at / FAN);
		}
		dirty[height].count = 0;
	}
}

static inline void scan_region(const struct region *r, u32 from, u32 to)
{
	for (u32 at = from; (at = next_changed(r->live, r->shadow, at, to)) < to;
	     at += LEAF)
		note_changed(r->first + at / LEAF, r->live + at, r->shadow + at);
}

static inline u32 extent_of(u32 t)
{
	return (u32)(stack_top(t) - threads[t].sp + LEAF - 1) / LEAF;
}

/* What was stack and is no more, and the rest of the last leaf, become zero. */
static void trim_stack(u32 t)
{
	u8 *sp = threads[t].sp, *bottom = stack_top(t) - extent_of(t) * LEAF;
	u8 *noise = sp - 512 > stacks[t] + GUARD ? sp - 512 : stacks[t] + GUARD;

	/* the noise only: so that spill slots not yet written look alike */
	clear(bottom < noise ? bottom : noise, sp);
	for (u32 k = extent_of(t); k < threads[t].extent; k++) {
		clear(shadow_top(t) - (k + 1) * LEAF, shadow_top(t) - k * LEAF);
		if (numbers[0][stack_leaf(t, k)])
			mark(1, stack_leaf(t, k) / FAN);
		numbers[0][stack_leaf(t, k)] = 0;
	}
	threads[t].extent = extent_of(t);
}

static void scan_stack(u32 t)
{
	u32 depth = (u32)(stack_top(t) - threads[t].sp);
	u32 status = depth << 3 | threads[t].status;
	u32 size = threads[t].extent * LEAF;
	u8 *live = stack_top(t) - size, *shadow = shadow_top(t) - size;

	for (u32 at = 0; (at = next_changed(live, shadow, at, size)) < size;
	     at += LEAF)
		note_changed(stack_leaf(t, (size - at) / LEAF - 1), live + at,
			     shadow + at);
	if (numbers[0][t * FAN] != status) {
		numbers[0][t * FAN] = status;
		mark(1, t);
	}
}

/* The number of the record of all that is no thread's own. */
static inline u32 close_shared(void)
{
	u64 record[FAN / 2] = { 0 };
	u32 *child = (u32 *)record;
	int fresh;

	for (u32 i = 0; i < child_count; i++)
		child[i] = numbers[children[i].height][children[i].index];
	if (same_words(record, pieces.records + (u64)shared_number * (LEAF / 8),
		       LEAF / 8))
		return shared_number;
	return pool_number(&pieces, record, LEAF / 8, &fresh);
}

/* The record of the state that memory is in, until it has a number. */
static struct {
	u64 words[STATE_WORDS];
	u32 hash;
} captured;

/* Reads memory; `ran` is the thread that made the state. */
static inline void capture(u32 ran)
{
	u32 *child = (u32 *)captured.words;

	trim_stack(ran);
	for (u32 t = 0; t < thread_count; t++)
		scan_stack(t);
	scan_region(&globals_region, 0, (u32)(model_end - model_start));
	for (u32 arena = 0; arena < ARENAS; arena++) {
		u32 at = arena * ENG_HEAP, end = at + model.used[arena];

		scan_region(&heap_region, at, end);
		scan_region(&map_region, at / GRANULE, granules(end));
	}
	number_changed();
	close_up();
	shared_number = close_shared();
	for (u32 i = 0; i < STATE_WORDS; i++)
		captured.words[i] = 0;
	for (u32 t = 0; t < thread_count; t++)
		child[t] = numbers[1][t];
	child[thread_count] = shared_number;
	if (tagged)
		child[thread_count + 1] = state_tag;
	captured.hash = hash_words(captured.words, states.words);
	pool_expect(&states, captured.hash);
}

static inline u32 number_captured(int *fresh)
{
	return pool_hashed(&states, captured.words, states.words, captured.hash,
			   fresh);
}
