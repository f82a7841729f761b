/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data races. Two threads race where both are about to touch the same memory,
 * one of them to write it, and not both by marked accesses or primitives that
 * the hardware or a lock makes whole. Under sequential consistency such a state
 * exists exactly if some run has two accesses that nothing orders, so a full
 * search finds every race without clocks.
 *
 * A primitive takes part with an object of a word at most, or where it says
 * that it is plain: a larger object only bounds what it touches.
 */

#define RACES_MAX 64

struct race {
	u32 state;
	u8 one, other;		/* threads */
	u64 key;
};

static struct race races[RACES_MAX];
static u32 race_count, races_dropped;

static inline int is_plain(const struct pending *p)
{
	return p->what ? p->access & ENG_PLAIN : !(p->access & MARKED);
}

static inline int is_exact(const struct pending *p)
{
	return !p->what || p->size <= 8 || p->access & ENG_PLAIN;
}

static inline int is_race(const struct pending *a, const struct pending *b)
{
	u64 from_a = (u64)a->object, from_b = (u64)b->object;

	return from_a && from_b && from_a < from_b + b->size &&
	       from_b < from_a + a->size && (a->access | b->access) & ENG_WRITE &&
	       (is_plain(a) || is_plain(b)) && is_exact(a) && is_exact(b);
}

static void note_race(u32 state, u32 one, u32 other)
{
	u64 key = chain_of(one) + chain_of(other);

	for (u32 i = 0; i < race_count; i++) {
		if (races[i].key == key)
			return;
	}
	if (race_count == RACES_MAX) {
		races_dropped++;
		return;
	}
	races[race_count].state = state;
	races[race_count].one = (u8)one;
	races[race_count].other = (u8)other;
	races[race_count++].key = key;
}

static inline void look_for_races(u32 state)
{
	for (u32 a = 0; a < thread_count; a++) {
		if (threads[a].status != AT_STEP)
			continue;
		for (u32 b = a + 1; b < thread_count; b++) {
			if (threads[b].status == AT_STEP &&
			    is_race(pending_of(a), pending_of(b)))
				note_race(state, a, b);
		}
	}
}
