/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fingerprint of the graph of shared states, by which two builds of nearly
 * the same code are compared. A shared state is the model's globals and the
 * blocks of its heap, without stacks. An edge is a step that changes it, with
 * its thread; ends and violations belong to the graph.
 *
 * Reduced, it is the graph of the states that reduction stores, and of a word
 * whose lock is held it has the holder in place of the value: all who ever use
 * the word take that lock, so that to them it is as good as on the holder's
 * stack, up to the state in which he gives the lock back. Two programs with one
 * such graph differ in nothing that any thread but the one at work could see.
 * That a word has such a lock is relied on as by a joined step (sharing.c).
 *
 * What differs from build to build alone is levelled: a word that points to
 * code or constants counts as one value, one that points into a stack as that
 * thread, one into the globals or the heap as its offset there. Two graphs that
 * differ in such words only have one fingerprint.
 *
 * States stand for their 64-bit hash: two of n are mistaken for one another
 * with a probability below n * n / 2^65.
 */

enum { IS_END = 0xfe, IS_VIOLATION = 0xff };

static int graph_wanted;
static struct pool arcs;	/* three words: from, thread, to */
static u64 *shared_hash;	/* by state */
static u64 graph_sums[2];

static u64 levelled(u64 word)
{
	if (in_fixed(word))
		return 1ul << 63;
	if (in_stacks(word))
		return 1ul << 63 | (stack_owner(word) + 1);
	if (in_globals(word))
		return 1ul << 62 | (word - (u64)model_start);
	if (in_heap(word))
		return 1ul << 61 | (word - (u64)heap);
	return word;
}

/* Eight bytes, and of a half that one thread keeps from others who that is. */
static u64 visible(const u64 *at)
{
	long word = word_at((u64)at);
	u64 low = keeper_of(word), high = keeper_of(word + 1);

	if (!low && !high)
		return levelled(*at);
	relied_on[word] |= low != 0;
	relied_on[word + 1] |= high != 0;
	return fold(low ? low << 32 : (u32)*at, 0x8ebc6af09c88c6e3ul) ^
	       fold(high ? high << 32 : *at >> 32, 0x589965cc75374cc3ul);
}

static u64 hash_more(u64 hash, const u8 *from, u64 bytes)
{
	int partly = reducing && !scenario_invariant;

	for (const u64 *at = (const u64 *)from; at < (const u64 *)(from + bytes);
	     at++)
		hash = fold(hash ^ 0xa0761d6478bd642ful,
			    (partly ? visible(at) : levelled(*at)) ^
			    0xe7037ed1a0b428dbul);
	return hash;
}

static u64 hash_blocks(u64 hash)
{
	for (u32 arena = 0; arena < ARENAS; arena++) {
		u32 offset = arena * ENG_HEAP;
		u32 end = offset + model.used[arena];

		while (offset < end) {
			struct block *block = block_at(offset);
			u64 live = heap_map[offset / GRANULE] == HEADER_LIVE;

			hash = fold(hash ^ offset, block->size << 1 | live);
			offset += GRANULE;
			if (live)
				hash = hash_more(hash, heap + offset,
						 granules(block->size) *
						 GRANULE);
			offset += granules(block->size) * GRANULE;
		}
	}
	return hash;
}

/* Of the state that memory is in; the engine's own words lie first. */
static u64 hash_shared(void)
{
	u64 hash = 0x9e3779b97f4a7c15ul;

	hash = hash_more(hash, model_start, (u64)((u8 *)&model - model_start));
	hash = hash_more(hash, (u8 *)(&model + 1),
			 (u64)(model_end - (u8 *)(&model + 1)));
	return hash_blocks(hash ^ model.faults_left);
}

static void add_arc(u64 from, u64 what, u64 to)
{
	u64 record[3] = { from, what, to };
	int fresh;

	pool_number(&arcs, record, 3, &fresh);
	if (!fresh)
		return;
	graph_sums[0] += fold(from ^ 0x8ebc6af09c88c6e3ul, to + what * 3);
	graph_sums[1] += fold(to ^ 0x589965cc75374cc3ul, from ^ what << 32);
}

static void add_violation_arc(u64 from)
{
	u64 hash = 1;

	for (const char *c = failure.rule; *c; c++)
		hash = fold(hash ^ (u8)*c, 0xe7037ed1a0b428dbul);
	for (const char *c = failure.message; *c; c++)
		hash = fold(hash ^ (u8)*c, 0xa0761d6478bd642ful);
	add_arc(from, IS_VIOLATION, hash);
}

static void print_graph(void)
{
	char line[40];
	struct text t = TEXT_IN(line);

	put(&t, "%lx-%lx", graph_sums[0], graph_sums[1]);
	out_open("graph");
	out_key("arcs");
	out_number(arcs.count);
	out_key("hash");
	out_string(line);
	out_close();
}

static void forget_graph(void)
{
	if (!graph_wanted)
		return;
	pool_empty(&arcs, 3);
	graph_sums[0] = graph_sums[1] = 0;
}
