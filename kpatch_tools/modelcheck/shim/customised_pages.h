/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_pages.h - more of customised.h: pages and their references.
 *
 * The pages of a model are shim_pages[], SHIM_PAGES of them; the last
 * SHIM_TARGETS are for shim_target_page() alone (both are parameters of the
 * scenario). A page's frame number is its index. A page that was never
 * allocated is all zero; one that was freed is handed out again only where the
 * scenario says so (SHIM_REUSE = 1).
 * Page flag functions are the tree's own, over the bit operations.
 */

/* --- the memory map ------------------------------------------------------ */

struct page shim_pages[SHIM_PAGES];

bool shim_is_page(const void *address)
{
	return (const char *)address >= (const char *)shim_pages &&
	       (const char *)address < (const char *)(shim_pages + SHIM_PAGES);
}

/* A bit for each page that came from an LRU list; set by the scenario. */
unsigned long shim_lru_pages;

/* Who only counts does not write, since about Linux 5.15. */
#if LINUX_VERSION_CODE >= 0x050f00
#define SHIM_COUNTED const
#else
#define SHIM_COUNTED
#endif

/* Renamed in Linux 4.7. */
#if LINUX_VERSION_CODE >= 0x040700
#define shim_count(page) ((page)->_refcount.counter)
#else
#define shim_count(page) ((page)->_count.counter)
#endif

unsigned long page_to_pfn(const struct page *page)
{
	return page - shim_pages;
}

struct page *pfn_to_page(unsigned long pfn)
{
	if (pfn >= SHIM_PAGES)
		eng_fail("model-memory", "a frame number that no page has");
	return &shim_pages[pfn];
}

/* No page of a model is compound. */
struct page *compound_head(struct page *page)
{
	return page;
}

#define PageTail(page) ((void)(page), 0)

#ifndef SHIM_REUSE
#define SHIM_REUSE 0
#endif

struct page *shim_new_page(struct page *page)
{
	shim_lru_pages &= ~(1UL << page_to_pfn(page));
	page->_mapcount.counter = -1;
	page->lru.next = LIST_POISON1;
	page->lru.prev = LIST_POISON2;
	shim_count(page) = 1;
	return page;
}

bool shim_is_fresh(const struct page *page)
{
	return !shim_count(page) && (SHIM_REUSE || !page->_mapcount.counter);
}

/* The lowest page of [0, SHIM_PAGES - SHIM_TARGETS) that is to be had. */
struct page *alloc_pages(gfp_t gfp_mask, unsigned int order)
{
	struct page *page = shim_pages;

	if (gfp_mask & __GFP_IO)
		shim_may_sleep("alloc_pages");
	if (order)
		eng_fail("model-unknown", "alloc_pages of more than one page");
	if (eng_may_fail("alloc_pages"))
		return NULL;
	eng_step("alloc_pages", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	for (; page < shim_pages + SHIM_PAGES - SHIM_TARGETS; page++)
		if (shim_is_fresh(page))
			return shim_new_page(page);
	return NULL;
}

/* Movable pages came with Linux 4.8. */
#if LINUX_VERSION_CODE >= 0x040800
#define SHIM_MAPPING_FLAGS PAGE_MAPPING_FLAGS
#else
#define SHIM_MAPPING_FLAGS PAGE_MAPPING_ANON
#endif

/* What the allocator's own checks refuse, and a page still on a list. */
void shim_free_page(struct page *page)
{
	if (page->flags & (1UL << PG_locked))
		eng_fail("model-memory", "a page is freed while locked");
	/* nor is it until this step is over */
	eng_hold(page);
	if (page->_mapcount.counter != -1)
		eng_fail("model-memory",
			 "a page is freed while mapped or marked by its owner");
	/* what an anonymous or a movable page has there may stay */
	if ((unsigned long)page->mapping & SHIM_MAPPING_FLAGS)
		page->mapping = NULL;
	if (page->mapping)
		eng_fail("model-memory",
			 "a page is freed that still has a mapping");
	if (shim_is_linked(&page->lru))
		eng_fail("model-memory", "a page is freed while on a list");
	if (page->flags & (1UL << PG_lru | 1UL << PG_private |
			   1UL << PG_private_2 | 1UL << PG_writeback |
			   1UL << PG_active | 1UL << PG_unevictable))
		eng_fail("model-memory",
			 "a page is freed with a flag of its owner set");
	page->flags = 0;
	page->private = 0;
	eng_drop(page);
}

void shim_drop_reference(struct page *page)
{
	if (shim_count(page) <= 0)
		eng_fail("model-memory",
			 "a reference is dropped that nobody holds");
	if (!--shim_count(page))
		shim_free_page(page);
}

int page_count(SHIM_COUNTED struct page *page)
{
	eng_step("page_count", &shim_count(page), sizeof(int), ENG_READ);
	return shim_count(page);
}

void get_page(struct page *page)
{
	eng_step("get_page", &shim_count(page), sizeof(int), ENG_UPDATE);
	if (shim_count(page) <= 0)
		eng_fail("model-memory", "a reference is taken to a free page");
	shim_count(page)++;
}

SHIM_TRUTH get_page_unless_zero(struct page *page)
{
	eng_step("get_page_unless_zero", &shim_count(page), sizeof(int), ENG_UPDATE);
	if (!shim_count(page))
		return 0;
	shim_count(page)++;
	return 1;
}

void put_page(struct page *page)
{
	eng_step("put_page", &shim_count(page), sizeof(int), ENG_UPDATE);
	shim_drop_reference(page);
}

void __free_pages(struct page *page, unsigned int order)
{
	put_page(page);
}

/* --- pages: owners ------------------------------------------------------- */

bool shim_is_of_lru(const struct page *page)
{
	return shim_lru_pages >> page_to_pfn(page) & 1;
}

void putback_lru_page(struct page *page)
{
	eng_step("putback_lru_page", page, sizeof(*page), ENG_UPDATE);
	if (!shim_is_of_lru(page))
		eng_fail("model-invariant",
			 "a page is put on the LRU that the LRU does not own");
	page->flags |= 1UL << PG_lru;
	shim_drop_reference(page);
}

int migrate_page(struct address_space *mapping, struct page *newpage,
		 struct page *page, enum migrate_mode mode)
{
	if (!shim_is_of_lru(page))
		eng_fail("model-invariant",
			 "a page is migrated like one of the LRU that the LRU does not own");
	eng_fail("model-unknown", "reached migrate_page of a page of the LRU");
}

/* Of folios since Linux 5.17, and without an answer. */
#if LINUX_VERSION_CODE < 0x050e00
int try_to_unmap(struct page *page, enum ttu_flags flags)
{
	eng_fail("model-invariant",
		 "try_to_unmap of a page that no page table maps");
}
#endif

bool page_mapped(struct page *page)
{
	eng_step("page_mapped", &page->_mapcount, sizeof(page->_mapcount),
		 ENG_READ);
	return page->_mapcount.counter >= 0;
}

struct address_space *page_mapping(struct page *page)
{
	eng_step("page_mapping", &page->mapping, sizeof(page->mapping),
		 ENG_READ | ENG_PLAIN);
	if ((unsigned long)page->mapping & PAGE_MAPPING_ANON)
		return NULL;
	return page->mapping;
}

/* --- what scenarios build on --------------------------------------------- */

/*
 * A fresh page for the running thread to migrate to, out of a share of its
 * own, or NULL. Shares keep threads from competing for frame numbers, which
 * would only multiply equal states.
 */
struct page *shim_target_page(int share)
{
	struct page *page = shim_pages + SHIM_PAGES - SHIM_TARGETS;
	struct page *end;

	page += eng_thread_id() * share;
	for (end = page + share; page < end; page++)
		if (shim_is_fresh(page))
			return shim_new_page(page);
	return NULL;
}

/* For scenario_final: nothing stays locked, nothing is changed once freed. */
void shim_check_pages(void)
{
	struct page *page;

	for (page = shim_pages; page < shim_pages + SHIM_PAGES; page++) {
		if (page->flags & (1UL << PG_locked))
			eng_fail("model-deadlock", "a page is left locked");
		if (!shim_count(page) && page->flags)
			eng_fail("model-memory",
				 "a page is changed after it was freed");
	}
}
