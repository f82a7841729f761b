/* SPDX-License-Identifier: GPL-2.0-only */
/* Which accesses are shared, and which are wrong. */

static void put_address(struct text *t, u64 address)
{
	u64 high = address >> 32;

	if (address < 4096)
		put(t, "the null pointer plus %lu", address);
	else if (address >= -4096ul)
		put(t, "an error pointer (%ld)", (long)address);
	else if (high == 0x6b6b6b6b)
		put_string(t, "a pointer read from freed memory");
	else if (high == 0x5a5a5a5a || high == 0xfefefefe)
		put_string(t, "a pointer never initialised");
	else
		put_string(t, "an address outside the model");
}

/*
 * Ends the run unless the memory may be used. A write to constants is for the
 * processor to refuse: its page is not writable.
 */
static void insist(u64 address, u64 size, const char *verb)
{
	char place[160];
	struct text t = TEXT_IN(place);
	const char *complaint = NULL;

	if (in_globals(address) || in_fixed(address))
		return;
	if (in_stacks(address)) {
		u32 owner = stack_owner(address);

		if ((int)owner == current || (u8 *)address >= threads[owner].sp)
			return;
		eng_fail("model-memory", "%s of a stack frame of %s that is "
			 "gone", verb, threads[owner].name);
	}
	if (in_heap(address)) {
		complaint = heap_complaint(address, size);
		if (!complaint)
			return;
		put_heap_place(&t, address);
		eng_fail("model-memory", "%s of %lu bytes %s (%s)", verb, size,
			 complaint, place);
	}
	put_address(&t, address);
	eng_fail("model-memory", "%s of %lu bytes at %s", verb, size, place);
}

static inline int is_shared(u64 address, u64 size)
{
	if (likely(in_globals(address)) || in_heap(address))
		return 1;
	if (!in_stacks(address))
		return 0;
	if ((int)stack_owner(address) != current) {
		share_stack(address, size);
		return 1;
	}
	return any_shared_stack && on_shared_stack(address);
}

static inline void plain_access(const volatile void *object, u32 size,
				u32 access)
{
	u64 address = (u64)object;

	if (current != ENG_OUTSIDE && is_shared(address, size)) {
		struct pending pending = { NULL, object, NULL, size, access };

		announce(&pending, AT_STEP);
		stop(&pending, AT_STEP);
	}
	if (likely(in_globals(address)))
		return;
	if (in_stacks(address) && (int)stack_owner(address) == current)
		return;
	if (current == ENG_OUTSIDE && !in_heap(address))
		return;
	insist(address, size, access & ENG_WRITE ? "write" : "read");
}

/* --- primitives ----------------------------------------------------------- */

/* Objects on stacks that primitives share count as shared, too. */
static void point(const struct pending *pending, u32 status)
{
	u64 address = (u64)pending->object;

	if (address && in_stacks(address) &&
	    (int)stack_owner(address) != current)
		share_stack(address, pending->size);
	announce(pending, status);
	stop(pending, status);
}

void eng_check(const volatile void *object, unsigned long size)
{
	touch((u64)object, size, ENG_READ);
	if (current != ENG_OUTSIDE || in_heap((u64)object))
		insist((u64)object, size, "use");
}

void eng_step(const char *what, const volatile void *object,
	      unsigned long size, int access)
{
	if (current != ENG_OUTSIDE) {
		struct pending pending = { what, object, NULL, (u32)size,
					   (u32)access };

		point(&pending, AT_STEP);
	}
	if (object)
		eng_check(object, size);
}

void eng_block(_Bool (*ready)(const volatile void *object),
	       const volatile void *object, unsigned long size,
	       const char *what)
{
	if (current != ENG_OUTSIDE) {
		struct pending pending = { what, object, ready, (u32)size,
					   ENG_UPDATE | ENG_ACQUIRE };

		point(&pending, AT_BLOCK);
	} else if (!ready(object)) {
		eng_fail("model-deadlock", "%s would wait forever", what);
	}
	if (object)
		eng_check(object, size);
}

static int choose(int n, const char *what)
{
	struct pending pending = { what, NULL, NULL, (u32)n, 0 };

	if (n <= 1)
		return 0;
	if (n > 250 || current == ENG_OUTSIDE)
		eng_fail("model-unknown", "%s: a choice of %d outside a thread "
			 "or too large", what, n);
	return (int)stop(&pending, AT_CHOICE);
}

int eng_choose(int n, const char *what)
{
	return choose(n, what);
}

_Bool eng_may_fail(const char *call)
{
	if (current == ENG_OUTSIDE)
		return 0;
	eng_touch(&model.faults_left, sizeof(model.faults_left), ENG_READ);
	if (!model.faults_left || !choose(2, call))
		return 0;
	eng_touch(&model.faults_left, sizeof(model.faults_left), ENG_UPDATE);
	model.faults_left--;
	return 1;
}

void *eng_memset(void *to, int byte, unsigned long size)
{
	eng_step("memset", to, size, ENG_WRITE | ENG_PLAIN);
	return memset(to, byte, size);
}

void *eng_memcpy(void *to, const void *from, unsigned long size)
{
	eng_step("memcpy", to, size, ENG_WRITE | ENG_PLAIN);
	eng_step("memcpy", from, size, ENG_READ | ENG_PLAIN);
	return memcpy(to, from, size);
}
