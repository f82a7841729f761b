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

/* Some page was, at some time. */
bool shim_migrated;

/* Under the page lock. */
void shim_own(struct shim_driver *driver, struct page *page)
{
	page->mapping = &driver->mapping;
	__SetPageMovable(page);
	spin_lock(&driver->lock);
	list_add(&page->lru, &driver->pages);
	spin_unlock(&driver->lock);
}

/* Under the page lock. */
void shim_disown(struct shim_driver *driver, struct page *page)
{
	page->mapping = NULL;
	__ClearPageMovable(page);
	spin_lock(&driver->lock);
	if (driver->first == page)
		driver->first = NULL;
	spin_unlock(&driver->lock);
}

/* The operations of an owner get its own pages, locked, and may sleep. */
void shim_check_asked(struct shim_driver *driver, struct page *page)
{
	shim_may_sleep("an operation of the owner of a page");
	if (page->mapping != &driver->mapping)
		eng_fail("model-invariant",
			 "an owner is asked for a page of another owner");
	if (!PageLocked(page))
		eng_fail("model-invariant",
			 "an owner is asked for a page that is not locked");
}

void shim_isolate_from(struct shim_driver *driver, struct page *page)
{
	shim_check_asked(driver, page);
	spin_lock(&driver->lock);
	list_del(&page->lru);
	spin_unlock(&driver->lock);
	SetPageIsolated(page);
}

void shim_put_back_to(struct shim_driver *driver, struct page *page)
{
	shim_check_asked(driver, page);
	ClearPageIsolated(page);
	spin_lock(&driver->lock);
	list_add(&page->lru, &driver->pages);
	spin_unlock(&driver->lock);
}

int shim_migrate_to(struct shim_driver *driver, struct page *newpage,
		    struct page *page)
{
	shim_check_asked(driver, page);
	if (!PageLocked(newpage) || !PageIsolated(page))
		eng_fail("model-invariant",
			 "migratepage of a page that is not locked and isolated");
	if (eng_may_fail("migratepage"))
		return -EBUSY;
	get_page(newpage);
	shim_own(driver, newpage);
	shim_disown(driver, page);
	ClearPageIsolated(page);
	put_page(page);
	shim_migrated = true;
	return MIGRATEPAGE_SUCCESS;
}

bool shim_isolate_page(struct page *page, isolate_mode_t mode)
{
	shim_isolate_from(&shim_driver, page);
	return true;
}

void shim_putback_page(struct page *page)
{
	shim_put_back_to(&shim_driver, page);
}

int shim_migratepage(struct address_space *mapping, struct page *newpage,
		     struct page *page, enum migrate_mode mode)
{
	return shim_migrate_to(&shim_driver, newpage, page);
}

const struct address_space_operations shim_aops = {
	.migratepage = shim_migratepage,
	.isolate_page = shim_isolate_page,
	.putback_page = shim_putback_page,
};

/* Who counts a page down still has it. */
void dec_zone_page_state(struct page *page, enum zone_stat_item item)
{
	shim_check_referenced(page, "dec_zone_page_state");
}

/* A new page of the driver, as its probe would get it; NULL if there is none. */
struct page *shim_add_page(struct shim_driver *driver)
{
	struct page *page = alloc_pages(0, 0);

	if (!page)
		return NULL;
	lock_page(page);
	shim_own(driver, page);
	unlock_page(page);
	if (page == shim_pages)
		driver->first = page;
	return page;
}

void shim_add_driver(struct shim_driver *driver,
		     const struct address_space_operations *operations)
{
	INIT_LIST_HEAD(&driver->pages);
	driver->mapping.a_ops = operations;
}

/*
 * The owner lets go of its first page, unless that was migrated. One that is
 * isolated is on no list of ours; who isolated it frees it.
 */
void shim_release_first(struct shim_driver *driver)
{
	struct page *page;

	spin_lock(&driver->lock);
	page = driver->first;
	if (page)
		get_page(page);
	spin_unlock(&driver->lock);
	if (!page)
		return;
	lock_page(page);
	if (page->mapping == &driver->mapping) {
		if (!PageIsolated(page)) {
			spin_lock(&driver->lock);
			list_del(&page->lru);
			spin_unlock(&driver->lock);
		}
		shim_disown(driver, page);
		put_page(page);
	}
	unlock_page(page);
	put_page(page);
}

/*
 * For scenario_final: a page on the list of the driver is held once. The pages
 * on the list, as bits.
 */
unsigned long shim_check_driver(struct shim_driver *driver)
{
	struct list_head *at;
	struct page *page;
	unsigned long listed = 0;
	int pages = 0;

	for (at = driver->pages.next; at != &driver->pages; at = at->next) {
		page = container_of(at, struct page, lru);
		if (++pages > SHIM_PAGES || shim_count(page) != 1)
			eng_fail("model-memory",
				 "a page rests with the driver that it does not hold once");
		if (PageIsolated(page))
			eng_fail("model-invariant",
				 "a page rests with the driver but is isolated");
		listed |= 1UL << page_to_pfn(page);
	}
	return listed;
}

/* For scenario_final: all pages in use are those of `listed`, which it returns. */
unsigned long shim_check_owned(unsigned long listed)
{
	struct page *page;
	int pages = 0;

	for (page = shim_pages; page < shim_pages + SHIM_PAGES; page++) {
		if (!shim_count(page) || shim_is_of_lru(page))
			continue;
		if (!(listed >> page_to_pfn(page) & 1))
			eng_fail("model-leak", "a page is held that nobody owns");
		pages++;
	}
	eng_observe("pages", pages);
	eng_observe("migrated", shim_migrated);
	return listed;
}
