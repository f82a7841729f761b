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

/*
 * Whether the thread stops before this access. Objects on stacks that
 * primitives share count as shared, too.
 */
static inline int is_point(const struct pending *p)
{
	u64 address = (u64)p->object;

	if (!p->what)
		return is_shared(address, p->size);
	if (address && in_stacks(address) &&
	    (int)stack_owner(address) != current)
		share_stack(address, p->size);
	return 1;
}

/*
 * For machine_point(): where the running thread's context goes, or null if it
 * does not stop here.
 */
__attribute__((used)) static void **arrive(const struct pending *p)
{
	u32 status = p->ready ? AT_BLOCK : AT_STEP;

	if (current == ENG_OUTSIDE) {
		if (p->ready && !p->ready(p->object))
			eng_fail("model-deadlock", "%s would wait forever",
				 p->what);
		return NULL;
	}
	if (!is_point(p))
		return NULL;
	announce(p, status);
	threads[current].status = status;
	return (void **)&threads[current].sp;
}

static inline void check_plain(const struct pending *p)
{
	u64 address = (u64)p->object;

	if (likely(in_globals(address)))
		return;
	if (in_stacks(address) && (int)stack_owner(address) == current)
		return;
	if (current == ENG_OUTSIDE && !in_heap(address))
		return;
	insist(address, p->size, p->access & ENG_WRITE ? "write" : "read");
}

/* For machine_point(): the step begins. */
__attribute__((used)) static void go_on(const struct pending *p)
{
	if (!p->what)
		check_plain(p);
	else if (p->object)
		eng_check(p->object, p->size);
}

/* The last word of a struct pending. */
static inline u64 extent(u64 size, u32 access)
{
	return (u64)access << 32 | (u32)size;
}

static inline void plain_access(const volatile void *object, u64 size,
				u32 access)
{
	machine_point(NULL, object, NULL, extent(size, access));
}

/* --- primitives ----------------------------------------------------------- */

void eng_check(const volatile void *object, unsigned long size)
{
	touch((u64)object, size, ENG_READ);
	if (current != ENG_OUTSIDE || in_heap((u64)object))
		insist((u64)object, size, "use");
}

void eng_step(const char *what, const volatile void *object,
	      unsigned long size, int access)
{
	machine_point(what, object, NULL, extent(size, (u32)access));
}

void eng_block(_Bool (*ready)(const volatile void *object),
	       const volatile void *object, unsigned long size,
	       const char *what)
{
	machine_point(what, object, ready,
		      extent(size, ENG_UPDATE | ENG_ACQUIRE));
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
