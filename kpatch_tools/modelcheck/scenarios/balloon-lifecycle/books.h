/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * books.h - the books of a balloon at rest, with all threads done.
 */

/* What a page looks like that was just put into the balloon. */
struct page shim_resting;

void shim_remember_resting(const struct page *page)
{
	shim_resting = *page;
}

/* One page of the balloon's list, with all threads done. */
void shim_check_resting(const struct page *page)
{
	if (shim_count(page) != shim_count(&shim_resting))
		eng_fail("model-memory",
			 "a page rests in the balloon with %d references",
			 shim_count(page));
	if (page->flags != shim_resting.flags ||
	    page->_mapcount.counter != shim_resting._mapcount.counter)
		eng_fail("model-invariant",
			 "a page rests in the balloon with other flags than when it came in");
	if (page->mapping != shim_resting.mapping ||
	    page->private != shim_resting.private)
		eng_fail("model-invariant",
			 "a page rests in the balloon but does not point to it");
}

/* All pages of the balloon, as bits; its list must be sound. */
unsigned long shim_listed(struct balloon_dev_info *info)
{
	struct list_head *at, *last = &info->pages;
	unsigned long listed = 0;
	struct page *page;

	for (at = last->next; at != &info->pages; last = at, at = at->next) {
		page = container_of(at, struct page, lru);
		if (!shim_is_page(page) || at->prev != last ||
		    listed & 1UL << page_to_pfn(page))
			eng_fail("model-memory",
				 "list corruption: the balloon's list is broken");
		shim_check_resting(page);
		listed |= 1UL << page_to_pfn(page);
	}
	return listed;
}

/* For scenario_final. */
void shim_check_balloon(struct virtio_balloon *balloon)
{
	unsigned long listed = shim_listed(&balloon->vb_dev_info);
	unsigned int pfn, pages = 0;

	for (pfn = 0; pfn < SHIM_PAGES; pfn++) {
		pages += listed >> pfn & 1;
		if (!(listed >> pfn & 1) && shim_count(&shim_pages[pfn]))
			eng_fail("model-leak",
				 "a page is held that is not in the balloon");
	}
	if (balloon->num_pages != pages)
		eng_fail("model-invariant",
			 "num_pages is %u with %u pages in the balloon",
			 balloon->num_pages, pages);
	if (balloon->vb_dev_info.isolated_pages)
		eng_fail("model-invariant",
			 "isolated_pages is not 0 at rest");
	if (shim_given != listed)
		eng_fail("model-invariant",
			 "the host has other pages than the balloon");
	eng_observe("listed", listed);
	eng_observe("migrated", !!(listed >> (SHIM_PAGES - SHIM_TARGETS)));
	eng_observe("released", pages == FIRST_PAGES);
}
