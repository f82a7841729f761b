/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reduction. A step that touches only what no other thread can touch before
 * this one goes on commutes with all that others do until then, so nothing is
 * lost if it is taken at once, as part of the step before it: the states in
 * between are not stored and no other thread is tried there. Only such states
 * are left out, and every stored state is expanded in full, so no thread is
 * ever ignored: deadlocks, ends and what a thread itself complains of are all
 * found.
 *
 * No other thread can touch a word if none of them that still runs ever does
 * (or none writes it and this step does not either), or if all of them touch it
 * with a lock held that this thread holds; for who waits for a lock, the lock
 * counts as held. What "ever" and "all" mean is not known at first: each word
 * has the threads seen to read and to write it, and the locks that were held
 * each time. Such marks only go one way, over all runs. A mark that refutes
 * what a joined step relied on makes the search start again. It cannot be
 * missed: the first step of any run that refutes a mark comes after steps that
 * the marks do not wrong, so that the search takes an equal run up to it.
 */

#define JOINED_MAX 1024		/* steps in one; a loop goes on in the next */
#define IMPURE_BITS 20

static u8 touching_all;		/* threads with a step that touches "anything" */
static int relied_on_any;
static int joining;

/*
 * Call chains, by hash, whose step did more than it had announced. Chains with
 * one hash are not told apart: then a step is not joined that could be.
 */
static u8 impure[1u << IMPURE_BITS];

/* --- marks ---------------------------------------------------------------- */

static void mark_words(u32 t, u64 address, u64 size, int writes, u32 waited)
{
	long word = word_at(address), last = word_at(address + size - 1);
	u8 *marks = writes ? writers : readers;

	if (word < 0 || last < word)
		return;
	for (; word <= last; word++) {
		mark_guards(t, word, waited);
		if (marks[word] & bit_of(t))
			continue;
		marks[word] |= bit_of(t);
		marks_made++;
		if (relied_on[word] && is_conflict(word))
			new_conflict = 1;
	}
}

/* The current thread is about to make this step. */
static inline void announce(const struct pending *p, u32 status)
{
	if (!reducing || status == AT_CHOICE)
		return;
	if (p->object && p->size) {
		u32 t = (u32)current;
		u32 waited = status == AT_BLOCK ? (u32)(u64)p->object : 0;

		if (p->access & ENG_READ)
			mark_words(t, (u64)p->object, p->size, 0, waited);
		if (p->access & ENG_WRITE)
			mark_words(t, (u64)p->object, p->size, 1, waited);
	} else if (!(p->access & ENG_TOUCHES) &&
		   !(touching_all & bit_of((u32)current))) {
		touching_all |= bit_of((u32)current);
		new_conflict |= relied_on_any;
	}
}

/* --- what may be joined --------------------------------------------------- */

static u64 chain_of(u32 t)
{
	const u64 *context = (const u64 *)threads[t].sp;
	u64 frames[4] = { 0 };

	u64 chain = context[CONTEXT_RETURN];

	collect_frames(context[CONTEXT_FRAME], (u64)stack_top(t), frames, 4);
	/* addresses are small: each needs all bits of the one before it */
	for (u32 i = 0; i < 4; i++)
		chain = fold(chain ^ 0xa0761d6478bd642ful,
			     frames[i] ^ 0xe7037ed1a0b428dbul);
	return chain;
}

static u8 *impure_mark(u64 chain)
{
	return &impure[chain >> (64 - IMPURE_BITS)];
}

/* The threads beside t that are not done. */
static u8 others_left(u32 t)
{
	u8 left = 0;

	for (u32 other = 0; other < thread_count; other++) {
		if (other != t && threads[other].status != DONE)
			left |= bit_of(other);
	}
	return left;
}

/* No other thread touches it before t goes on. */
static int is_private(u32 t, u64 address, u64 size, int writes)
{
	long word = word_at(address), last = word_at(address + size - 1);
	u8 others = others_left(t);

	if (!others)
		return 1;
	if (in_stacks(address))
		return stack_owner(address) == t && !is_lent(address, size);
	if (word < 0 || last < word || touching_all & others)
		return 0;
	for (; word <= last; word++) {
		if ((writers[word] & others ||
		     (writes && readers[word] & others)) &&
		    !guards_for(t, word))
			return 0;
	}
	return 1;
}

static void rely_on(u64 address, u64 size)
{
	long last = word_at(address + size - 1);

	if (in_stacks(address))
		return;
	for (long word = word_at(address); word <= last; word++)
		relied_on[word] = 1;
	relied_on_any = 1;
}

/* Whether thread t's next step can be joined to the one it just took. */
static inline int can_join(u32 t)
{
	const struct pending *p;
	int writes;

	if (threads[t].status != AT_STEP)
		return 0;
	if (!others_left(t))
		return !scenario_invariant;
	p = pending_of(t);
	writes = p->access & ENG_WRITE;
	if (!p->object || !p->size || (writes && scenario_invariant))
		return 0;
	if (!is_private(t, (u64)p->object, p->size, writes) ||
	    *impure_mark(chain_of(t)))
		return 0;
	rely_on((u64)p->object, p->size);
	return 1;
}

static u64 joined_chain;	/* of the step that is being joined */

/* The current step turned out to do more than it had announced. */
static void spoil(void)
{
	if (joining) {
		*impure_mark(joined_chain) = 1;
		new_conflict = 1;
	}
}

static inline void touch(u64 address, u64 size, int access)
{
	u32 t = (u32)current;

	if (current == ENG_OUTSIDE || !size)
		return;
	if (in_stacks(address)) {
		if (stack_owner(address) == t)
			return;
		share_stack(address, size);
	}
	if (!reducing)
		return;
	if (access & ENG_READ)
		mark_words(t, address, size, 0, 0);
	if (access & ENG_WRITE)
		mark_words(t, address, size, 1, 0);
	if (!joining)
		return;
	if (is_private(t, address, size, access & ENG_WRITE) &&
	    !(access & ENG_WRITE && scenario_invariant))
		rely_on(address, size);
	else
		spoil();
}

void eng_touch(const volatile void *object, unsigned long size, int access)
{
	touch((u64)object, size, access);
}

static void forget_reliance(void)
{
	memset(relied_on, 0, sizeof(relied_on));
	relied_on_any = 0;
	new_conflict = 0;
}
