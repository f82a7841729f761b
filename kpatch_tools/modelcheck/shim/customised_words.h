/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_words.h - more of customised.h: atomics of 64 bits and of any size.
 */

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
