/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cache.h - the pages of one file, each held once by the page cache, and the
 * disk that the file is on.
 */

#define SHIM_CACHE 2

struct page *shim_cache[SHIM_CACHE];
/* held once by the buffers that it has */
struct page *shim_buffered;
struct address_space shim_file;

const struct address_space_operations shim_file_aops = {
	.migratepage = migrate_page,
};

/* A page of the file; no scheduling point, as in all shim_add_...() here. */
struct page *shim_add_cached(unsigned int index, unsigned long flags)
{
	struct page *page = shim_new_page(&shim_pages[index]);

	shim_file.a_ops = &shim_file_aops;
	page->mapping = &shim_file;
	page->index = index;
	page->flags = flags | 1UL << PG_uptodate;
	shim_cache[index] = page;
	shim_lru_pages |= 1UL << page_to_pfn(page);
	shim_put_on_lru(page);
	return page;
}

/* The file was cut short, and what the disk needs is left. */
void shim_add_truncated(unsigned long flags)
{
	struct page *page = shim_add_cached(0, flags | 1UL << PG_private);

	shim_cache[0] = NULL;
	shim_buffered = page;
	page->mapping = NULL;
}

int try_to_free_buffers(struct page *page)
{
	eng_step("try_to_free_buffers", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	shim_check_locked(page, "try_to_free_buffers");
	if (shim_buffered != page)
		eng_fail("model-invariant",
			 "try_to_free_buffers of a page that has none");
	shim_buffered = NULL;
	page->flags &= ~(1UL << PG_private);
	shim_drop_reference(page);
	return 1;
}

/* A process reads the file: it looks the page up, locks it, and lets go. */
void shim_read_cached(unsigned int index)
{
	struct page *page;

	eng_step("find_get_page", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	page = shim_cache[index];
	if (!page || !shim_count(page))
		return;
	shim_count(page)++;
	lock_page(page);
	unlock_page(page);
	put_page(page);
}

void shim_check_locked(struct page *page, const char *what)
{
	if (shim_page_is_unlocked(page))
		eng_fail("model-invariant", "%s of a page that is not locked",
			 what);
}

void __delete_from_page_cache(struct page *page, void *shadow)
{
	eng_step("__delete_from_page_cache", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	shim_check_locked(page, "__delete_from_page_cache");
	if (page->mapping != &shim_file || shim_cache[page->index] != page)
		eng_fail("model-invariant",
			 "a page is dropped from the page cache that is not in it");
	shim_cache[page->index] = NULL;
	page->mapping = NULL;
}

void free_hot_cold_page_list(struct list_head *list, bool cold)
{
	struct list_head *at, *next;
	struct page *page;

	eng_step("free_hot_cold_page_list", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	for (at = list->next; at != list; at = next) {
		next = at->next;
		page = container_of(at, struct page, lru);
		if (shim_count(page))
			eng_fail("model-memory",
				 "a page is freed that is still referenced");
		page->lru.next = LIST_POISON1;
		page->lru.prev = LIST_POISON2;
		shim_free_page(page);
	}
	list->next = list->prev = list;
}

/* --- the disk ------------------------------------------------------------- */

bool shim_is_written(const volatile void *page)
{
	return !(((const volatile struct page *)page)->flags &
		 1UL << PG_writeback);
}

void wait_on_page_writeback(struct page *page)
{
	shim_may_sleep("wait_on_page_writeback");
	shim_check_forced("wait_on_page_writeback");
	eng_block(shim_is_written, page, sizeof(page->flags),
		  "wait_on_page_writeback");
}

/* The end of a read or a write that the scenario began. */
void shim_end_io(struct page *page, unsigned long flag)
{
	eng_step("end_io", &page->flags, sizeof(page->flags),
		 ENG_UPDATE | ENG_RELEASE);
	if (!(page->flags & flag))
		eng_fail("model-memory",
			 "the disk ends what was not begun, or was ended by another");
	page->flags &= ~flag;
}
