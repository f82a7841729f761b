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
