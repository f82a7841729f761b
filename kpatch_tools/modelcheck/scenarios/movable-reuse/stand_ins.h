/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stand_ins.h - who takes a page that another owner has just released: someone
 * who needs nothing but memory, or a second driver with movable pages.
 */

struct shim_driver shim_second;

bool shim_second_isolate(struct page *page, isolate_mode_t mode)
{
	shim_isolate_from(&shim_second, page);
	return true;
}

void shim_second_put_back(struct page *page)
{
	shim_put_back_to(&shim_second, page);
}

int shim_second_migrate(struct address_space *mapping, struct page *newpage,
			struct page *page, enum migrate_mode mode)
{
	return shim_migrate_to(&shim_second, newpage, page);
}

const struct address_space_operations shim_second_aops = {
	.migratepage = shim_second_migrate,
	.isolate_page = shim_second_isolate,
	.putback_page = shim_second_put_back,
};

/* No pointer: whoever has a page uses these words as he likes. */
#define SHIM_WORD 0x2a8

struct list_head shim_borrowed = { &shim_borrowed, &shim_borrowed };

/* The page that was released first was taken again. */
bool shim_reused;

/*
 * Someone without a name uses a page for himself and gives it back. Others may
 * look at it, take a reference for a while and lock it, and no more.
 */
void shim_borrow_page(void)
{
	struct page *page = alloc_pages(0, 0);

	if (!page)
		return;
	shim_reused |= page == shim_pages;
	page->mapping = (void *)SHIM_WORD;
	page->private = SHIM_WORD;
	list_add(&page->lru, &shim_borrowed);
	list_del(&page->lru);
	if (page->mapping != (void *)SHIM_WORD || page->private != SHIM_WORD ||
	    page->flags & ~(1UL << PG_locked) || page->_mapcount.counter != -1)
		eng_fail("model-memory",
			 "a page is changed by others than its owner");
	page->mapping = NULL;
	page->private = 0;
	put_page(page);
}

/* The second driver gets a page and keeps it. */
void shim_drive_page(void)
{
	struct page *page = shim_add_page(&shim_second);

	shim_reused |= page == shim_pages;
}
