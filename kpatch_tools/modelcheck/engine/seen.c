/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The shim is instrumented too, with callbacks of its own (build.py renames
 * them in its objects): its accesses are no points, but they are seen here.
 */
#define SEEN(size) \
	void eng_seen_read##size(void *a) \
		{ touch((u64)a, size, ENG_READ); } \
	void eng_seen_write##size(void *a) \
		{ touch((u64)a, size, ENG_WRITE); } \
	void eng_seen_unaligned_read##size(void *a) \
		{ touch((u64)a, size, ENG_READ); } \
	void eng_seen_unaligned_write##size(void *a) \
		{ touch((u64)a, size, ENG_WRITE); }

SEEN(1)
SEEN(2)
SEEN(4)
SEEN(8)
SEEN(16)

void eng_seen_read_range(void *a, u64 size)
{
	touch((u64)a, size, ENG_READ);
}

void eng_seen_write_range(void *a, u64 size)
{
	touch((u64)a, size, ENG_WRITE);
}

void eng_seen_init(void)
{
}
