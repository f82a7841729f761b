/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_counts.h - more of customised.h: further atomics, and reference
 * counts. A reference count that goes below zero, or up from zero, is a
 * violation; where the kernel would saturate and warn, too.
 */

/* --- atomic_t --------------------------------------------------------------- */

int atomic_xchg(atomic_t *v, int new)
{
	int old;

	eng_step("atomic_xchg", v, sizeof(*v),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	old = v->counter;
	v->counter = new;
	return old;
}

bool atomic_try_cmpxchg(atomic_t *v, int *old, int new)
{
	int found = atomic_cmpxchg(v, *old, new);
	bool done = found == *old;

	*old = found;
	return done;
}

int atomic_dec_if_positive(atomic_t *v)
{
	int left;

	eng_step("atomic_dec_if_positive", v, sizeof(*v),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	left = v->counter - 1;
	if (left >= 0)
		v->counter = left;
	return left;
}

int atomic_fetch_add_unless(atomic_t *v, int a, int u)
{
	int old;

	eng_step("atomic_fetch_add_unless", v, sizeof(*v),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	old = v->counter;
	if (old != u)
		v->counter = old + a;
	return old;
}

int shim_atomic_mask(atomic_t *v, int set, int clear, const char *what)
{
	int old;

	eng_step(what, v, sizeof(*v), ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	old = v->counter;
	v->counter = (old & ~clear) | set;
	return old;
}

#define atomic_or(i, v) ((void)shim_atomic_mask((v), (i), 0, "atomic_or"))
#define atomic_and(i, v) ((void)shim_atomic_mask((v), 0, ~(i), "atomic_and"))
#define atomic_andnot(i, v) \
	((void)shim_atomic_mask((v), 0, (i), "atomic_andnot"))
#define atomic_fetch_or(i, v) \
	shim_atomic_mask((v), (i), 0, "atomic_fetch_or")
#define atomic_fetch_and(i, v) \
	shim_atomic_mask((v), 0, ~(i), "atomic_fetch_and")
#define atomic_fetch_andnot(i, v) \
	shim_atomic_mask((v), 0, (i), "atomic_fetch_andnot")
#define atomic_sub_return(i, v) \
	shim_atomic_add((v), -(i), "atomic_sub_return")
#define atomic_fetch_add(i, v) \
	(shim_atomic_add((v), (i), "atomic_fetch_add") - (i))
#define atomic_fetch_sub(i, v) \
	(shim_atomic_add((v), -(i), "atomic_fetch_sub") + (i))
#define atomic_fetch_inc(v) \
	(shim_atomic_add((v), 1, "atomic_fetch_inc") - 1)
#define atomic_fetch_dec(v) \
	(shim_atomic_add((v), -1, "atomic_fetch_dec") + 1)
#define atomic_add_negative(i, v) \
	(shim_atomic_add((v), (i), "atomic_add_negative") < 0)
#define atomic_inc_unless_negative(v) \
	shim_atomic_add_if((v), 1, 0, "atomic_inc_unless_negative")
#define atomic_add_return_relaxed(i, v) atomic_add_return((i), (v))
#define atomic_inc_return_relaxed(v) atomic_inc_return(v)
#define atomic_fetch_add_relaxed(i, v) atomic_fetch_add((i), (v))
#define atomic_fetch_sub_release(i, v) atomic_fetch_sub((i), (v))
#define atomic_cmpxchg_relaxed(v, old, new) atomic_cmpxchg((v), (old), (new))
#define atomic_cmpxchg_acquire(v, old, new) atomic_cmpxchg((v), (old), (new))
#define atomic_cmpxchg_release(v, old, new) atomic_cmpxchg((v), (old), (new))
#define atomic_try_cmpxchg_relaxed(v, old, new) \
	atomic_try_cmpxchg((v), (old), (new))
#define atomic_try_cmpxchg_acquire(v, old, new) \
	atomic_try_cmpxchg((v), (old), (new))
#define atomic_try_cmpxchg_release(v, old, new) \
	atomic_try_cmpxchg((v), (old), (new))
#define atomic_xchg_relaxed(v, new) atomic_xchg((v), (new))
#define atomic_read_acquire(v) atomic_read(v)
#define atomic_set_release(v, i) atomic_set((v), (i))

bool shim_atomic_add_if(atomic_t *v, int i, int least, const char *what)
{
	eng_step(what, v, sizeof(*v), ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	if (v->counter < least)
		return false;
	v->counter += i;
	return true;
}

/* --- atomic64_t and atomic_long_t --------------------------------------------- */

s64 atomic64_read(const atomic64_t *v)
{
	eng_step("atomic64_read", v, sizeof(*v), ENG_READ);
	return v->counter;
}

void atomic64_set(atomic64_t *v, s64 i)
{
	eng_step("atomic64_set", v, sizeof(*v), ENG_WRITE);
	v->counter = i;
}

s64 shim_atomic64_add(atomic64_t *v, s64 i, const char *what)
{
	eng_step(what, v, sizeof(*v), ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	return v->counter += i;
}

s64 atomic64_xchg(atomic64_t *v, s64 new)
{
	s64 old;

	eng_step("atomic64_xchg", v, sizeof(*v),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	old = v->counter;
	v->counter = new;
	return old;
}

s64 atomic64_cmpxchg(atomic64_t *v, s64 old, s64 new)
{
	s64 found;

	eng_step("atomic64_cmpxchg", v, sizeof(*v),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	found = v->counter;
	if (found == old)
		v->counter = new;
	return found;
}

bool atomic64_add_unless(atomic64_t *v, s64 a, s64 u)
{
	eng_step("atomic64_add_unless", v, sizeof(*v),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	if (v->counter == u)
		return false;
	v->counter += a;
	return true;
}

#define atomic64_add(i, v) \
	((void)shim_atomic64_add((v), (i), "atomic64_add"))
#define atomic64_sub(i, v) \
	((void)shim_atomic64_add((v), -(s64)(i), "atomic64_sub"))
#define atomic64_inc(v) ((void)shim_atomic64_add((v), 1, "atomic64_inc"))
#define atomic64_dec(v) ((void)shim_atomic64_add((v), -1, "atomic64_dec"))
#define atomic64_add_return(i, v) \
	shim_atomic64_add((v), (i), "atomic64_add_return")
#define atomic64_sub_return(i, v) \
	shim_atomic64_add((v), -(s64)(i), "atomic64_sub_return")
#define atomic64_inc_return(v) \
	shim_atomic64_add((v), 1, "atomic64_inc_return")
#define atomic64_dec_return(v) \
	shim_atomic64_add((v), -1, "atomic64_dec_return")
#define atomic64_fetch_add(i, v) \
	(shim_atomic64_add((v), (i), "atomic64_fetch_add") - (i))
#define atomic64_fetch_inc(v) \
	(shim_atomic64_add((v), 1, "atomic64_fetch_inc") - 1)
#define atomic64_inc_and_test(v) \
	(shim_atomic64_add((v), 1, "atomic64_inc_and_test") == 0)
#define atomic64_dec_and_test(v) \
	(shim_atomic64_add((v), -1, "atomic64_dec_and_test") == 0)
#define atomic64_sub_and_test(i, v) \
	(shim_atomic64_add((v), -(s64)(i), "atomic64_sub_and_test") == 0)
#define atomic64_inc_not_zero(v) atomic64_add_unless((v), 1, 0)

#define SHIM_LONG(v) ((atomic64_t *)(v))
#define atomic_long_read(v) ((long)atomic64_read((const atomic64_t *)(v)))
#define atomic_long_set(v, i) atomic64_set(SHIM_LONG(v), (i))
#define atomic_long_add(i, v) atomic64_add((i), SHIM_LONG(v))
#define atomic_long_sub(i, v) atomic64_sub((i), SHIM_LONG(v))
#define atomic_long_inc(v) atomic64_inc(SHIM_LONG(v))
#define atomic_long_dec(v) atomic64_dec(SHIM_LONG(v))
#define atomic_long_add_return(i, v) \
	((long)atomic64_add_return((i), SHIM_LONG(v)))
#define atomic_long_sub_return(i, v) \
	((long)atomic64_sub_return((i), SHIM_LONG(v)))
#define atomic_long_inc_return(v) ((long)atomic64_inc_return(SHIM_LONG(v)))
#define atomic_long_dec_return(v) ((long)atomic64_dec_return(SHIM_LONG(v)))
#define atomic_long_dec_and_test(v) atomic64_dec_and_test(SHIM_LONG(v))
#define atomic_long_sub_and_test(i, v) \
	atomic64_sub_and_test((i), SHIM_LONG(v))
#define atomic_long_inc_not_zero(v) atomic64_inc_not_zero(SHIM_LONG(v))
#define atomic_long_add_unless(v, a, u) \
	atomic64_add_unless(SHIM_LONG(v), (a), (u))
#define atomic_long_xchg(v, new) ((long)atomic64_xchg(SHIM_LONG(v), (new)))
#define atomic_long_cmpxchg(v, old, new) \
	((long)atomic64_cmpxchg(SHIM_LONG(v), (old), (new)))

/* --- any word ------------------------------------------------------------------ */

/* The step is told first; what follows touches nothing that others see. */
unsigned long shim_exchange(volatile void *word, unsigned long size,
			    unsigned long new)
{
	unsigned long old = 0;

	eng_step("xchg", word, size, ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	__builtin_memcpy(&old, (const void *)word, size);
	__builtin_memcpy((void *)word, &new, size);
	return old;
}

unsigned long shim_compare_exchange(volatile void *word, unsigned long size,
				    unsigned long old, unsigned long new)
{
	unsigned long found = 0, wanted = 0;

	eng_step("cmpxchg", word, size,
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	__builtin_memcpy(&found, (const void *)word, size);
	__builtin_memcpy(&wanted, &old, size);
	if (found == wanted)
		__builtin_memcpy((void *)word, &new, size);
	return found;
}

#define xchg(pointer, new) \
	((__typeof__(*(pointer)))shim_exchange((pointer), \
		sizeof(*(pointer)), (unsigned long)(new)))
#define xchg_relaxed(pointer, new) xchg((pointer), (new))
#define xchg_acquire(pointer, new) xchg((pointer), (new))
#define xchg_release(pointer, new) xchg((pointer), (new))
#define cmpxchg(pointer, old, new) \
	((__typeof__(*(pointer)))shim_compare_exchange((pointer), \
		sizeof(*(pointer)), (unsigned long)(old), \
		(unsigned long)(new)))
#define cmpxchg_relaxed(pointer, old, new) cmpxchg((pointer), (old), (new))
#define cmpxchg_acquire(pointer, old, new) cmpxchg((pointer), (old), (new))
#define cmpxchg_release(pointer, old, new) cmpxchg((pointer), (old), (new))
#define cmpxchg64(pointer, old, new) cmpxchg((pointer), (old), (new))
#define try_cmpxchg(pointer, old, new) ({ \
	__typeof__(*(pointer)) __wanted = *(old); \
	*(old) = cmpxchg((pointer), __wanted, (new)); \
	*(old) == __wanted; })

/* Others see what came before a store that releases, who loads it so that it acquires. */
void shim_store(volatile void *word, const void *value, unsigned long size,
		const char *what)
{
	eng_step(what, word, size, ENG_WRITE | ENG_RELEASE);
	__builtin_memcpy((void *)word, value, size);
}

void shim_load(const volatile void *word, void *value, unsigned long size,
	       const char *what)
{
	eng_step(what, word, size, ENG_READ | ENG_ACQUIRE);
	__builtin_memcpy(value, (const void *)word, size);
}

#define shim_store_to(pointer, value, what) do { \
		__typeof__(*(pointer)) __value = (value); \
		shim_store((pointer), &__value, sizeof(__value), (what)); \
	} while (0)
#define shim_load_from(pointer, what) ({ \
	__typeof__(*(pointer)) __value; \
	shim_load((pointer), (void *)&__value, sizeof(__value), (what)); \
	__value; })

#define smp_store_release(pointer, value) \
	shim_store_to((pointer), (value), "smp_store_release")
#define smp_store_mb(object, value) \
	shim_store_to(&(object), (value), "smp_store_mb")
#define smp_load_acquire(pointer) \
	shim_load_from((pointer), "smp_load_acquire")

/* --- reference counts ------------------------------------------------------------ */

#define SHIM_UPDATE(r, what) \
	eng_step((what), (r), sizeof(*(r)), \
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE)

void refcount_set(refcount_t *r, int n)
{
	eng_step("refcount_set", r, sizeof(*r), ENG_WRITE);
	r->refs.counter = n;
}

unsigned int refcount_read(const refcount_t *r)
{
	eng_step("refcount_read", r, sizeof(*r), ENG_READ);
	return r->refs.counter;
}

void refcount_add(int i, refcount_t *r)
{
	SHIM_UPDATE(r, "refcount_add");
	if (r->refs.counter <= 0)
		eng_fail("model-memory",
			 "a reference is taken to what nobody holds");
	r->refs.counter += i;
}

void refcount_inc(refcount_t *r)
{
	refcount_add(1, r);
}

bool refcount_add_not_zero(int i, refcount_t *r)
{
	SHIM_UPDATE(r, "refcount_add_not_zero");
	if (!r->refs.counter)
		return false;
	r->refs.counter += i;
	return true;
}

bool refcount_inc_not_zero(refcount_t *r)
{
	return refcount_add_not_zero(1, r);
}

bool refcount_sub_and_test(int i, refcount_t *r)
{
	SHIM_UPDATE(r, "refcount_sub_and_test");
	if (r->refs.counter < i)
		eng_fail("model-memory",
			 "a reference is dropped that nobody holds");
	r->refs.counter -= i;
	return !r->refs.counter;
}

bool refcount_dec_and_test(refcount_t *r)
{
	return refcount_sub_and_test(1, r);
}

void refcount_dec(refcount_t *r)
{
	if (refcount_sub_and_test(1, r))
		eng_fail("model-memory",
			 "the last reference is dropped by refcount_dec");
}

bool refcount_dec_if_one(refcount_t *r)
{
	SHIM_UPDATE(r, "refcount_dec_if_one");
	if (r->refs.counter != 1)
		return false;
	r->refs.counter = 0;
	return true;
}

bool refcount_dec_not_one(refcount_t *r)
{
	SHIM_UPDATE(r, "refcount_dec_not_one");
	if (r->refs.counter == 1)
		return false;
	if (r->refs.counter < 1)
		eng_fail("model-memory",
			 "a reference is dropped that nobody holds");
	r->refs.counter--;
	return true;
}

/* The last one goes under the lock, which is then kept. */
bool refcount_dec_and_lock(refcount_t *r, spinlock_t *lock)
{
	if (refcount_dec_not_one(r))
		return false;
	spin_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	spin_unlock(lock);
	return false;
}

bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock)
{
	if (refcount_dec_not_one(r))
		return false;
	mutex_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	mutex_unlock(lock);
	return false;
}

#define refcount_dec_and_lock_irqsave(r, lock, flags) \
	(*(flags) = 0, refcount_dec_and_lock((r), (lock)))

int shim_dec_and_lock(atomic_t *v, spinlock_t *lock)
{
	if (atomic_add_unless(v, -1, 1))
		return 0;
	spin_lock(lock);
	if (atomic_dec_and_test(v))
		return 1;
	spin_unlock(lock);
	return 0;
}

int atomic_dec_and_mutex_lock(atomic_t *cnt, struct mutex *lock)
{
	if (atomic_add_unless(cnt, -1, 1))
		return 0;
	mutex_lock(lock);
	if (atomic_dec_and_test(cnt))
		return 1;
	mutex_unlock(lock);
	return 0;
}

#define atomic_dec_and_lock(v, lock) shim_dec_and_lock((v), (lock))
#define atomic_dec_and_lock_irqsave(v, lock, flags) \
	((flags) = 0, shim_dec_and_lock((v), (lock)))
