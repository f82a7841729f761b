/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words that reduction marks: which threads read and write them, and which
 * locks were held each time (see sharing.c).
 */

#define WORD 4
#define GLOBAL_WORDS (GLOBALS_MAX / WORD)

static u8 readers[GLOBAL_WORDS + HEAP_BYTES / WORD];	/* masks of threads */
static u8 writers[GLOBAL_WORDS + HEAP_BYTES / WORD];
static u8 relied_on[GLOBAL_WORDS + HEAP_BYTES / WORD];

#define GUARDS 3
/* Locks that were held at each access, addresses; 0 is none. */
static u32 guards[GLOBAL_WORDS + HEAP_BYTES / WORD][GUARDS];
static u8 is_guarded[GLOBAL_WORDS + HEAP_BYTES / WORD];	/* enum guarded */
static u64 marks_made;
static int reducing;
static int new_conflict;	/* a mark refutes what was relied on */

/* The index of the word, or -1 where no marks are kept. */
static inline long word_at(u64 address)
{
	if (likely(in_globals(address)))
		return (long)(address - (u64)model_start) / WORD;
	if (in_heap(address))
		return GLOBAL_WORDS + (long)(address - (u64)heap) / WORD;
	return -1;
}

static inline int is_conflict(long word)
{
	u8 both = readers[word] | writers[word];

	return writers[word] && both & (both - 1);
}

static inline u8 bit_of(u32 t)
{
	return (u8)(1u << t);
}

/* --- locks ---------------------------------------------------------------- */

enum guarded { NEVER_USED, GUARDED, UNGUARDED };

#define STRAYS_MAX 16
/*
 * Locks, addresses, that a thread took while another had them, or gave back
 * without having them: they keep nobody out. If there are too many, none does.
 */
static u32 strays[STRAYS_MAX], stray_count;

static int is_stray(u32 lock)
{
	for (u32 i = 0; i < stray_count; i++) {
		if (strays[i] == lock)
			return 1;
	}
	return stray_count == STRAYS_MAX;
}

static void distrust(u32 lock)
{
	if (!reducing || is_stray(lock))
		return;
	strays[stray_count++] = lock;
	new_conflict = 1;
}

static int has(u32 t, u32 lock)
{
	for (u32 i = 0; i < HELD_MAX; i++) {
		if (lock && model.held[t][i] == lock)
			return 1;
	}
	return 0;
}

static int holds(u32 t, u32 lock)
{
	return has(t, lock) && !is_stray(lock);
}

/* Sorted, so that the order of taking is no part of the state. */
void eng_hold(const volatile void *lock)
{
	u32 t = (u32)current, at = (u32)(u64)lock;

	if (current == ENG_OUTSIDE || in_stacks((u64)lock))
		return;
	for (u32 other = 0; other < thread_count; other++) {
		if (has(other, at))
			distrust(at);
	}
	for (u32 i = 0; i < HELD_MAX; i++) {
		u32 there = model.held[t][i];

		if (!there || there > at) {
			model.held[t][i] = at;
			at = there;
		}
	}
}

void eng_drop(const volatile void *lock)
{
	u32 t = (u32)current, at = (u32)(u64)lock, to = 0;

	if (current == ENG_OUTSIDE || in_stacks((u64)lock))
		return;
	if (!has(t, at))
		distrust(at);
	for (u32 i = 0; i < HELD_MAX; i++) {
		u32 there = model.held[t][i];

		model.held[t][i] = 0;
		if (there != at)
			model.held[t][to++] = there;
	}
}

static void guard_first(u32 t, long word, u32 waited)
{
	u32 count = 0;

	if (waited)
		guards[word][count++] = waited;
	for (u32 i = 0; i < HELD_MAX && count < GUARDS; i++) {
		if (model.held[t][i])
			guards[word][count++] = model.held[t][i];
	}
	is_guarded[word] = count ? GUARDED : UNGUARDED;
}

/* Thread t uses the word; `waited` is the lock that it waits for, or 0. */
static void mark_guards(u32 t, long word, u32 waited)
{
	int left = 0, lost = 0;

	if (likely(is_guarded[word] == UNGUARDED))
		return;
	if (is_guarded[word] == NEVER_USED) {
		guard_first(t, word, waited);
		return;
	}
	for (u32 i = 0; i < GUARDS; i++) {
		u32 lock = guards[word][i];

		if (!lock)
			continue;
		if (lock == waited || holds(t, lock)) {
			left = 1;
			continue;
		}
		guards[word][i] = 0;
		lost = 1;
	}
	is_guarded[word] = left ? GUARDED : UNGUARDED;
	marks_made += (u64)lost;
	if (lost && relied_on[word])
		new_conflict = 1;
}

static int guards_for(u32 t, long word)
{
	if (is_guarded[word] != GUARDED)
		return 0;
	for (u32 i = 0; i < GUARDS; i++) {
		if (holds(t, guards[word][i]))
			return 1;
	}
	return 0;
}

/* The thread, from 1, that keeps all others from the word by a lock; or 0. */
static u32 keeper_of(long word)
{
	for (u32 t = 0; t < thread_count; t++) {
		if (guards_for(t, word))
			return t + 1;
	}
	return 0;
}
