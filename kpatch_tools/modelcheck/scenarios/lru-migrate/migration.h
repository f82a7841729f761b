/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * migration.h - what a page takes along when it moves, and what is written down
 * about it.
 */

/* Whatever moves a page of the LRU may ask for this much. */
void shim_check_moving(struct page *newpage, struct page *page)
{
	if (!shim_is_of_lru(page))
		eng_fail("model-invariant",
			 "a page is migrated like one of the LRU that the LRU does not own");
	shim_check_locked(page, "migrate_page");
	shim_check_locked(newpage, "migrate_page");
	if (page->_mapcount.counter >= 0)
		eng_fail("model-invariant",
			 "a page is migrated that a page table still maps");
	if (page->flags & 1UL << PG_writeback)
		eng_fail("model-invariant",
			 "a page is migrated while the disk reads it");
	if (!shim_holders(page))
		eng_fail("model-invariant",
			 "a page is migrated that nobody has any more");
}

/* newpage is in the place of page. */
void shim_move(struct page *newpage, struct page *page)
{
	shim_lru_pages |= 1UL << page_to_pfn(newpage);
	newpage->mapping = page->mapping;
	newpage->index = page->index;
	if (page->mapping != &shim_file)
		return;
	shim_cache[page->index] = newpage;
	shim_count(newpage)++;
	shim_count(page)--;
}

int migrate_page_move_mapping(struct address_space *mapping,
			      struct page *newpage, struct page *page,
			      enum migrate_mode mode)
{
	eng_step("migrate_page_move_mapping", NULL, 0,
		 ENG_UPDATE | ENG_TOUCHES);
	shim_check_moving(newpage, page);
	if (page->flags & (1UL << PG_private | 1UL << PG_private_2))
		eng_fail("model-invariant",
			 "a page is migrated without what its owner keeps with it");
	/* isolation, and the cache */
	if (shim_count(page) != 1 + !!mapping)
		return -EAGAIN;
	shim_move(newpage, page);
	return MIGRATEPAGE_SUCCESS;
}

#define SHIM_COPIED (1UL << PG_error | 1UL << PG_referenced | \
		     1UL << PG_uptodate | 1UL << PG_dirty | \
		     1UL << PG_owner_priv_1 | 1UL << PG_swapbacked | \
		     1UL << PG_active | 1UL << PG_unevictable)

/* Only these two flags leave the old page. */
void migrate_page_copy(struct page *newpage, struct page *page)
{
	eng_step("migrate_page_copy", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	newpage->flags |= page->flags & SHIM_COPIED;
	page->flags &= ~(1UL << PG_active | 1UL << PG_unevictable);
}

/* The migratepage of a file whose pages have buffers, which hold them once. */
int shim_migrate_buffered(struct address_space *mapping, struct page *newpage,
			  struct page *page, enum migrate_mode mode)
{
	eng_step("buffer_migrate_page", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	shim_check_moving(newpage, page);
	/* isolation, the cache and the buffers */
	if (shim_count(page) != 3)
		return -EAGAIN;
	shim_move(newpage, page);
	shim_buffered = newpage;
	shim_count(newpage)++;
	shim_count(page)--;
	newpage->flags |= page->flags & (SHIM_COPIED | 1UL << PG_private);
	page->flags &= ~(1UL << PG_private);
	return MIGRATEPAGE_SUCCESS;
}

/* The buffers of the file are in use. */
int try_to_release_page(struct page *page, gfp_t gfp_mask)
{
	return 0;
}

/* --- for huge pages alone ------------------------------------------------- */

int split_huge_page(struct page *page)
{
	eng_fail("model-invariant", "split_huge_page of a page that is not huge");
}

void putback_active_hugepage(struct page *page)
{
	eng_fail("model-invariant",
		 "putback_active_hugepage of a page that is not huge");
}

/* --- what is written down ------------------------------------------------- */

/* enum migrate_reason and one, by page; 0: not migrated */
int shim_reasons[SHIM_PAGES];

void set_page_owner_migrate_reason(struct page *page, int reason)
{
	if (!page->mapping)
		eng_fail("model-invariant",
			 "the owner of a page is told of a migration that has not happened");
	shim_reasons[page_to_pfn(page)] = reason + 1;
}

unsigned long shim_poisoned;
unsigned long shim_poisonings;

/* Of a page that is free already, or freeing it would be reported. */
bool test_set_page_hwpoison(struct page *page)
{
	bool was = shim_poisoned >> page_to_pfn(page) & 1;

	eng_step("test_set_page_hwpoison", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	if (shim_count(page))
		eng_fail("model-invariant",
			 "a page is poisoned before it is freed");
	shim_poisoned |= 1UL << page_to_pfn(page);
	return was;
}

void num_poisoned_pages_inc(void)
{
	shim_poisonings++;
}
