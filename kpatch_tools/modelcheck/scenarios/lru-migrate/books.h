/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * books.h - what must be true of zone, cache and page table once all threads are
 * done, and the pages to migrate to.
 */

/* Its own word and status, as the system call move_pages() asks for them. */
struct shim_migration {
	int status;
	int tries;
	bool refused;		/* get_new_page failed */
};

/* migrate_pages() tries this often before it waits for anyone. */
#define SHIM_PATIENCE 3

/* How often the first thread has tried. */
int shim_tries;

void shim_check_forced(const char *what)
{
	if (!eng_thread_id() && shim_tries && shim_tries <= SHIM_PATIENCE)
		eng_fail("model-invariant",
			 "%s in a migration that is not forced", what);
}

struct page *shim_target(struct page *page, unsigned long private,
			 int **result)
{
	struct shim_migration *migration = (struct shim_migration *)private;

	migration->refused |= eng_may_fail("get_new_page");
	if (migration->refused)
		return NULL;
	shim_tries = ++migration->tries;
	migration->status = 1;
	*result = &migration->status;
	return shim_target_page(SHIM_TARGETS);
}

/* put_new_page of migrate_pages(): who lent the page takes it back. */
void shim_spare_target(struct page *page, unsigned long private)
{
	eng_step("put_new_page", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	if (!private || page < shim_pages + SHIM_PAGES - SHIM_TARGETS ||
	    shim_count(page) != 1 || !shim_page_is_unlocked(page))
		eng_fail("model-invariant",
			 "put_new_page of a page that is not a spare one");
	shim_drop_reference(page);
}

long shim_bits(unsigned long word)
{
	long bits = 0;

	for (; word; word &= word - 1)
		bits++;
	return bits;
}

/* The pages of the list, as bits; its links and flags must be sound. */
unsigned long shim_of_list(struct list_head *list)
{
	struct list_head *at, *last = list;
	unsigned long listed = 0;
	struct page *page;

	for (at = list->next; at != list; last = at, at = at->next) {
		page = container_of(at, struct page, lru);
		if (!shim_is_page(page) || at->prev != last ||
		    listed >> page_to_pfn(page) & 1)
			eng_fail("model-memory",
				 "list corruption: a list of the LRU is broken");
		if (!(page->flags & 1UL << PG_lru))
			eng_fail("model-memory",
				 "a page is on a list of the LRU without PG_lru");
		listed |= 1UL << page_to_pfn(page);
	}
	return listed;
}

unsigned long shim_check_lists(void)
{
	struct list_head *lists = shim_zone.lruvec.lists;
	unsigned long listed, all = 0;
	int list;

	for (list = 0; list < NR_LRU_LISTS; list++) {
		listed = shim_of_list(&lists[list]);
		if (shim_zone_state[list] != shim_bits(listed))
			eng_fail("model-invariant",
				 "a list of the LRU is longer or shorter than the zone counts");
		all |= listed;
	}
	if (shim_zone_state[NR_ISOLATED_ANON] ||
	    shim_zone_state[NR_ISOLATED_FILE])
		eng_fail("model-invariant",
			 "the zone counts isolated pages, and there are none");
	return all;
}

/* Who holds a page at rest: the cache, the page table, its buffers. */
int shim_holders(const struct page *page)
{
	int index, holders = (shim_mapped == page) + (shim_buffered == page);

	for (index = 0; index < SHIM_CACHE; index++)
		holders += shim_cache[index] == page;
	return holders;
}

/* Where the page of the cache is: 0 nowhere, 1 where it was, 2 elsewhere. */
void shim_observe_cached(void)
{
	const struct page *page = shim_cache[0];

	eng_observe("cached", !page ? 0 : page == shim_pages ? 1 : 2);
}

/* For scenario_final. `others`: pages that the LRU has no part in, as bits. */
void shim_check_lru(unsigned long others)
{
	unsigned long listed = shim_check_lists();
	struct page *page;
	int index;

	if (shim_migrating)
		eng_fail("model-invariant", "a page table still points to no page");
	if (shim_anon_vma.count > 1)
		eng_fail("model-leak", "page_get_anon_vma is never undone");
	for (index = 0; index < SHIM_CACHE; index++)
		if (shim_cache[index] &&
		    shim_cache[index]->mapping != &shim_file)
			eng_fail("model-invariant",
				 "a page of the cache does not point to its file");
	for (page = shim_pages; page < shim_pages + SHIM_PAGES; page++) {
		if (others >> page_to_pfn(page) & 1)
			continue;
		if (shim_count(page) != shim_holders(page))
			eng_fail("model-leak", "a page of the LRU is held by nobody known");
		if (!!shim_count(page) != (listed >> page_to_pfn(page) & 1))
			eng_fail("model-leak", "a page in use is on no list of the LRU");
	}
}

/* For scenario_final: the page in place of the first one was moved for this. */
void shim_check_reason(enum migrate_reason reason)
{
	int pfn;

	for (pfn = 0; pfn < SHIM_PAGES; pfn++)
		if (shim_count(&shim_pages[pfn]) &&
		    shim_reasons[pfn] != (pfn ? (int)reason + 1 : 0))
			eng_fail("model-invariant",
				 "the owner of a page is told another reason for its migration");
}

/* For scenario_final. `first`: was it asked to take the first page out of use? */
void shim_check_poisoned(bool first)
{
	unsigned long due = first && !shim_count(shim_pages);

	if (shim_poisoned != due || shim_poisonings != due)
		eng_fail("model-invariant",
			 "other pages are poisoned, or counted so, than were migrated for a memory failure");
}
