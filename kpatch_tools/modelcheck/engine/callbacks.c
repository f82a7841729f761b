/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What gcc's -fsanitize=thread calls before an access. A bitfield store is one
 * write without a read. Marked: volatile (READ_ONCE, WRITE_ONCE), told apart by
 * --param tsan-distinguish-volatile=1.
 */

#define ACCESSES(size) \
	void __tsan_read##size(void *a) \
		{ plain_access(a, size, ENG_READ); } \
	void __tsan_write##size(void *a) \
		{ plain_access(a, size, ENG_WRITE); } \
	void __tsan_unaligned_read##size(void *a) \
		{ plain_access(a, size, ENG_READ); } \
	void __tsan_unaligned_write##size(void *a) \
		{ plain_access(a, size, ENG_WRITE); } \
	void __tsan_volatile_read##size(void *a) \
		{ plain_access(a, size, ENG_READ | MARKED); } \
	void __tsan_volatile_write##size(void *a) \
		{ plain_access(a, size, ENG_WRITE | MARKED); } \
	void __tsan_unaligned_volatile_read##size(void *a) \
		{ plain_access(a, size, ENG_READ | MARKED); } \
	void __tsan_unaligned_volatile_write##size(void *a) \
		{ plain_access(a, size, ENG_WRITE | MARKED); }

ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)

void __tsan_read_range(void *a, u64 size)
{
	plain_access(a, size, ENG_READ);
}

void __tsan_write_range(void *a, u64 size)
{
	plain_access(a, size, ENG_WRITE);
}

/* Called by constructors only, and no constructor runs. */
void __tsan_init(void)
{
}

/* --- __atomic and __sync builtins: one step each -------------------------- */

#define ORDERED (ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE)

static inline void atomic_step(const char *what, const volatile void *a,
			       u32 size, int access)
{
	eng_step(what, a, size, access);
}

#define FETCH(bits, type, name, expression) \
	type __tsan_atomic##bits##_fetch_##name(volatile type *a, type v, \
						int o) \
	{ \
		type old; \
		(void)o; \
		atomic_step("atomic " #name, a, sizeof(*a), ORDERED); \
		old = *a; \
		*a = (type)(expression); \
		return old; \
	}

#define COMPARE(bits, type, strength) \
	int __tsan_atomic##bits##_compare_exchange_##strength( \
		volatile type *a, type *expected, type v, int o, int f) \
	{ \
		type old; \
		(void)o; \
		(void)f; \
		atomic_step("atomic compare and exchange", a, sizeof(*a), \
			    ORDERED); \
		old = *a; \
		if (old == *expected) { \
			*a = v; \
			return 1; \
		} \
		*expected = old; \
		return 0; \
	}

#define ATOMICS(bits, type) \
	type __tsan_atomic##bits##_load(const volatile type *a, int o) \
	{ \
		(void)o; \
		atomic_step("atomic load", a, sizeof(*a), \
			    ENG_READ | ENG_ACQUIRE); \
		return *a; \
	} \
	void __tsan_atomic##bits##_store(volatile type *a, type v, int o) \
	{ \
		(void)o; \
		atomic_step("atomic store", a, sizeof(*a), \
			    ENG_WRITE | ENG_RELEASE); \
		*a = v; \
	} \
	type __tsan_atomic##bits##_exchange(volatile type *a, type v, int o) \
	{ \
		type old; \
		(void)o; \
		atomic_step("atomic exchange", a, sizeof(*a), ORDERED); \
		old = *a; \
		*a = v; \
		return old; \
	} \
	type __tsan_atomic##bits##_compare_exchange_val( \
		volatile type *a, type expected, type v, int o, int f) \
	{ \
		type old; \
		(void)o; \
		(void)f; \
		atomic_step("atomic compare and exchange", a, sizeof(*a), \
			    ORDERED); \
		old = *a; \
		if (old == expected) \
			*a = v; \
		return old; \
	} \
	COMPARE(bits, type, strong) \
	COMPARE(bits, type, weak) \
	FETCH(bits, type, add, old + v) \
	FETCH(bits, type, sub, old - v) \
	FETCH(bits, type, and, old & v) \
	FETCH(bits, type, or, old | v) \
	FETCH(bits, type, xor, old ^ v) \
	FETCH(bits, type, nand, ~(old & v))

ATOMICS(8, u8)
ATOMICS(16, u16)
ATOMICS(32, u32)
ATOMICS(64, u64)

/* Every interleaving is sequentially consistent, so a fence changes nothing. */
void __tsan_atomic_thread_fence(int order)
{
	(void)order;
}

void __tsan_atomic_signal_fence(int order)
{
	(void)order;
}
