/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stand_ins.h - a plain driver with movable pages, which does what the generic
 * facility asks of one and no more. It keeps its pages on a list, and knows its
 * first page by name.
 */

struct shim_driver {
	spinlock_t lock;
	struct list_head pages;
	struct page *first;
	struct address_space mapping;
};

struct shim_driver shim_driver;

/* Under the page lock. */
void shim_own(struct page *page)
{
	page->mapping = &shim_driver.mapping;
	__SetPageMovable(page);
	spin_lock(&shim_driver.lock);
	list_add(&page->lru, &shim_driver.pages);
	spin_unlock(&shim_driver.lock);
}

/* Under the page lock. */
void shim_disown(struct page *page)
{
	page->mapping = NULL;
	__ClearPageMovable(page);
	spin_lock(&shim_driver.lock);
	if (shim_driver.first == page)
		shim_driver.first = NULL;
	spin_unlock(&shim_driver.lock);
}

bool shim_isolate_page(struct page *page, isolate_mode_t mode)
{
	spin_lock(&shim_driver.lock);
	list_del(&page->lru);
	spin_unlock(&shim_driver.lock);
	SetPageIsolated(page);
	return true;
}

void shim_putback_page(struct page *page)
{
	ClearPageIsolated(page);
	spin_lock(&shim_driver.lock);
	list_add(&page->lru, &shim_driver.pages);
	spin_unlock(&shim_driver.lock);
}

int shim_migratepage(struct address_space *mapping, struct page *newpage,
		     struct page *page, enum migrate_mode mode)
{
	if (!PageLocked(page) || !PageLocked(newpage) || !PageIsolated(page))
		eng_fail("model-invariant",
			 "migratepage of a page that is not locked and isolated");
	get_page(newpage);
	shim_own(newpage);
	shim_disown(page);
	ClearPageIsolated(page);
	put_page(page);
	return MIGRATEPAGE_SUCCESS;
}

const struct address_space_operations shim_aops = {
	.migratepage = shim_migratepage,
	.isolate_page = shim_isolate_page,
	.putback_page = shim_putback_page,
};

/* A new page of the driver, as its probe would get it. */
void shim_add_page(void)
{
	struct page *page = alloc_pages(0, 0);

	lock_page(page);
	shim_own(page);
	unlock_page(page);
	if (page == shim_pages)
		shim_driver.first = page;
}

void shim_add_driver(void)
{
	INIT_LIST_HEAD(&shim_driver.pages);
	shim_driver.mapping.a_ops = &shim_aops;
}

/*
 * The owner lets go of its first page, unless that was migrated. One that is
 * isolated is on no list of ours; who isolated it frees it.
 */
void shim_release_first(void)
{
	struct page *page;

	spin_lock(&shim_driver.lock);
	page = shim_driver.first;
	if (page)
		get_page(page);
	spin_unlock(&shim_driver.lock);
	if (!page)
		return;
	lock_page(page);
	if (page->mapping == &shim_driver.mapping) {
		if (!PageIsolated(page)) {
			spin_lock(&shim_driver.lock);
			list_del(&page->lru);
			spin_unlock(&shim_driver.lock);
		}
		shim_disown(page);
		put_page(page);
	}
	unlock_page(page);
	put_page(page);
}

/* For scenario_final: a page is on the list and held once, or free. */
void shim_check_driver(void)
{
	struct list_head *at;
	struct page *page;
	int pages = 0, held = 0, migrated = 0;

	for (at = shim_driver.pages.next; at != &shim_driver.pages;
	     at = at->next) {
		page = container_of(at, struct page, lru);
		migrated |= page >= shim_pages + SHIM_PAGES - SHIM_TARGETS;
		if (++pages > SHIM_PAGES || shim_count(page) != 1)
			eng_fail("model-memory",
				 "a page rests with the driver that it does not hold once");
		if (PageIsolated(page))
			eng_fail("model-invariant",
				 "a page rests with the driver but is isolated");
	}
	for (page = shim_pages; page < shim_pages + SHIM_PAGES; page++)
		held += !!shim_count(page);
	if (held != pages)
		eng_fail("model-leak", "a page is held that nobody owns");
	eng_observe("pages", pages);
	eng_observe("migrated", migrated);
}
