/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records that are stored once: a record's number stands for its bytes. The
 * table proposes by hash, the bytes decide, so equal numbers mean equal bytes
 * and nothing else does.
 */

struct pool {
	u64 *records;
	u64 *slots;		/* hash << 32 | number + 1; 0 is free */
	u64 *areas[2];		/* slots move to the other one as they double */
	u32 words;		/* of a record */
	u32 count;
	u32 bits;		/* of the number of slots */
};

#define FIRST_BITS 12

/* Of the multiply-and-fold kind (wyhash); quality matters, secrecy does not. */
static inline u64 fold(u64 a, u64 b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (u64)product ^ (u64)(product >> 64);
}

static inline u32 hash_words(const u64 *words, u32 count)
{
	u64 hash = 0x9e3779b97f4a7c15ul;
	u32 i;

	/* no product waits for another */
	for (i = 0; i + 1 < count; i += 2)
		hash += fold(words[i] ^ 0xa0761d6478bd642ful,
			     words[i + 1] ^ 0xe7037ed1a0b428dbul * (i + 1));
	if (i < count)
		hash += fold(words[i] ^ 0x8ebc6af09c88c6e3ul,
			     0x589965cc75374cc3ul);
	hash = fold(hash, 0x9fb21c651e98df25ul);
	return (u32)(hash ^ hash >> 32);
}

static inline int same_words(const u64 *a, const u64 *b, u32 count)
{
	u64 difference = 0;

	for (u32 i = 0; i < count; i++)
		difference |= a[i] ^ b[i];
	return !difference;
}

static inline int same_leaf(const void *a, const void *b)
{
	const pair *x = a, *y = b;
	pair difference = (x[0] ^ y[0]) | (x[1] ^ y[1]) |
			  (x[2] ^ y[2]) | (x[3] ^ y[3]);

	return !(difference[0] | difference[1]);
}

static void pool_grow(struct pool *pool)
{
	u64 old = 1ul << pool->bits, mask = old * 2 - 1;
	u64 *from = pool->slots, *to = pool->areas[from == pool->areas[0]];

	for (u64 i = 0; i <= mask; i++)
		to[i] = 0;
	for (u64 i = 0; i < old; i++) {
		u64 at;

		if (!from[i])
			continue;
		for (at = from[i] >> 32 & mask; to[at]; )
			at = (at + 1) & mask;
		to[at] = from[i];
	}
	pool->slots = to;
	pool->bits++;
}

/* The look-up of a record with this hash will come. */
static inline void pool_expect(const struct pool *pool, u32 hash)
{
	__builtin_prefetch(&pool->slots[hash & ((1ul << pool->bits) - 1)]);
}

/*
 * The number of the record, whose hash is given; *fresh says whether it is a
 * new one.
 */
static inline u32 pool_hashed(struct pool *pool, const u64 *record, u32 words,
			      u32 hash, int *fresh)
{
	u64 mask = (1ul << pool->bits) - 1;
	u64 at, slot;
	u64 *home;

	for (at = hash & mask; (slot = pool->slots[at]); at = (at + 1) & mask) {
		u32 number = (u32)slot - 1;

		if (slot >> 32 == hash &&
		    same_words(pool->records + (u64)number * words, record,
			       words)) {
			*fresh = 0;
			return number;
		}
	}
	home = pool->records + (u64)pool->count * words;
	for (u32 i = 0; i < words; i++)
		home[i] = record[i];
	pool->slots[at] = (u64)hash << 32 | ++pool->count;
	*fresh = 1;
	if (unlikely(pool->count > mask / 2))
		pool_grow(pool);
	return pool->count - 1;
}

static inline u32 pool_number(struct pool *pool, const u64 *record, u32 words,
			      int *fresh)
{
	return pool_hashed(pool, record, words, hash_words(record, words),
			   fresh);
}

static u64 pool_bytes(const struct pool *pool)
{
	return (u64)pool->count * pool->words * 8 + (12ul << pool->bits);
}

static void pool_empty(struct pool *pool, u32 words)
{
	pool->words = words;
	pool->count = 0;
	pool->bits = FIRST_BITS;
	pool->slots = pool->areas[0];
	for (u64 i = 0; i < 1ul << FIRST_BITS; i++)
		pool->slots[i] = 0;
}
