/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model's heap: an arena per thread, so that what two threads allocate
 * lies where it lies whoever came first. A block is a header of one granule and
 * its payload; the header of the next block is the red zone behind it.
 */

#define HEAP_BYTES (ARENAS * ENG_HEAP)
#define MAP_BYTES (HEAP_BYTES / GRANULE)

/* What the map says of a granule beside "live, so many bytes of it" (1..16). */
enum { NEVER = 0, HEADER_LIVE = 0x40, HEADER_FREED = 0x41, FREED = 0x80 };

enum { POISON_NEW = 0x5a, POISON_FREED = 0x6b };

struct block {
	u32 size;
	u32 what;		/* address of the name; text lies below 4 GB */
	u32 next_free;		/* offset + 1; only where memory is reused */
	u32 by_scenario;
};

static u8 heap[HEAP_BYTES] IN_LEAVES;
static u8 heap_map[MAP_BYTES] IN_LEAVES;

static struct {
	u32 used[ARENAS];	/* bytes ever handed out, from its start */
	u32 last_freed;		/* as next_free */
	u32 faults_left;
	u32 reuse;
	u32 held[ENG_THREADS][HELD_MAX];	/* locks, addresses, sorted */
} model STATE;

static int current = ENG_OUTSIDE;

static inline int in_heap(u64 address)
{
	return address - (u64)heap < HEAP_BYTES;
}

static struct block *block_at(u32 offset)
{
	return (struct block *)(heap + offset);
}

static u32 granules(u64 size)
{
	return (u32)((size + GRANULE - 1) / GRANULE);
}

/* The block whose header or payload holds the offset; null before the first. */
static struct block *block_around(u32 offset)
{
	u32 first = offset / ENG_HEAP * (ENG_HEAP / GRANULE);
	u32 granule = offset / GRANULE;

	for (;; granule--) {
		if (heap_map[granule] == HEADER_LIVE ||
		    heap_map[granule] == HEADER_FREED)
			return block_at(granule * GRANULE);
		if (granule == first)
			return NULL;
	}
}

/* Null if all of [address, address + size) is live, else what is wrong. */
static const char *heap_complaint(u64 address, u64 size)
{
	u64 offset = address - (u64)heap;
	u64 last = offset + (size ? size - 1 : 0);

	if (last >= HEAP_BYTES || last < offset)
		return "beyond the heap";
	for (u64 g = offset / GRANULE; g <= last / GRANULE; g++) {
		u8 says = heap_map[g];

		if (says == FREED)
			return "in freed memory";
		if (says == NEVER || says > GRANULE)
			return "outside any allocation";
		if (g == last / GRANULE && last % GRANULE >= says)
			return "behind the end of an allocation";
	}
	return NULL;
}

/* "name+8 of 32" for a place in the heap. */
static void put_heap_place(struct text *t, u64 address)
{
	struct block *block = block_around((u32)(address - (u64)heap));

	if (!block)
		put_string(t, "the heap");
	else
		put(t, "%s+%lu of %u", (const char *)(u64)block->what,
		    address - (u64)(block + 1), block->size);
}

static struct block *dress(struct block *block, u64 size, const char *what)
{
	u32 header = (u32)((u8 *)block - heap) / GRANULE;
	u32 count = granules(size);

	block->size = (u32)size;
	block->what = (u32)(u64)what;
	block->next_free = 0;
	block->by_scenario = current == ENG_OUTSIDE;
	heap_map[header] = HEADER_LIVE;
	for (u32 i = 1; i <= count; i++)
		heap_map[header + i] = GRANULE;
	if (size % GRANULE)
		heap_map[header + count] = (u8)(size % GRANULE);
	return block;
}

/*
 * The last freed block with as many granules, taken off the list of free ones.
 */
static struct block *reused(u64 size)
{
	for (u32 *link = &model.last_freed; *link; ) {
		struct block *block = block_at(*link - 1);

		if (granules(block->size) == granules(size)) {
			*link = block->next_free;
			return block;
		}
		link = &block->next_free;
	}
	return NULL;
}

static struct block *grown(u64 size)
{
	u32 need = GRANULE + granules(size) * GRANULE;
	u32 *used = &model.used[current];
	u32 offset = (u32)current * ENG_HEAP + *used;

	if (size > ENG_HEAP || *used + need > ENG_HEAP)
		return NULL;
	*used += need;
	return block_at(offset);
}

/* A freed block of this arena, where quarantine has filled it up. */
static struct block *recycled(u64 size)
{
	u32 offset = (u32)current * ENG_HEAP;
	u32 end = offset + model.used[current];

	while (offset < end) {
		struct block *block = block_at(offset);

		if (heap_map[offset / GRANULE] == HEADER_FREED &&
		    granules(block->size) == granules(size))
			return block;
		offset += GRANULE + granules(block->size) * GRANULE;
	}
	return NULL;
}

static void *allocate(u64 size, const char *what, int fill)
{
	struct block *block = NULL;

	size = size ? size : 1;
	if (model.reuse) {
		eng_touch(&model.last_freed, sizeof(model.last_freed),
			  ENG_UPDATE);
		block = reused(size);
	}
	block = block ? block : grown(size);
	if (!block) {
		eng_touch(heap + current * ENG_HEAP, ENG_HEAP, ENG_UPDATE);
		block = recycled(size);
	}
	if (!block)
		eng_fail("model-unknown", "the model's heap is full: "
			 "%s of %lu bytes", what, size);
	dress(block, size, what);
	return memset(block + 1, fill, size);
}

void *eng_alloc(unsigned long size, const char *what)
{
	return allocate(size, what, POISON_NEW);
}

void *eng_zalloc(unsigned long size, const char *what)
{
	return allocate(size, what, 0);
}

void eng_free(const void *address)
{
	u64 offset = (u64)address - (u64)heap - sizeof(struct block);
	struct block *block = block_at((u32)offset);
	u32 header = (u32)(offset / GRANULE);

	if (!in_heap((u64)address) || offset >= HEAP_BYTES ||
	    offset % GRANULE || (heap_map[header] != HEADER_LIVE &&
				 heap_map[header] != HEADER_FREED))
		eng_fail("model-memory", "free of what is no allocation");
	if (heap_map[header] == HEADER_FREED)
		eng_fail("model-memory", "double free of %s",
			 (const char *)(u64)block->what);
	eng_touch(block, sizeof(*block) + block->size, ENG_UPDATE);
	heap_map[header] = HEADER_FREED;
	for (u32 i = 1; i <= granules(block->size); i++)
		heap_map[header + i] = FREED;
	memset(block + 1, POISON_FREED, block->size);
	if (model.reuse) {
		eng_touch(&model.last_freed, sizeof(model.last_freed),
			  ENG_UPDATE);
		block->next_free = model.last_freed;
		model.last_freed = (u32)offset + 1;
	}
}

void eng_reuse_memory(void)
{
	model.reuse = 1;
}

void eng_check_leaks(void)
{
	for (u32 arena = 0; arena < ARENAS; arena++) {
		u32 offset = arena * ENG_HEAP;
		u32 end = offset + model.used[arena];

		while (offset < end) {
			struct block *block = block_at(offset);

			if (heap_map[offset / GRANULE] == HEADER_LIVE &&
			    !block->by_scenario)
				eng_fail("model-leak", "%s is never freed",
					 (const char *)(u64)block->what);
			offset += GRANULE + granules(block->size) * GRANULE;
		}
	}
}
