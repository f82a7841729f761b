/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_folios.h - more of customised.h: folios, each of one page. What
 * is asked of a folio is asked of its page.
 */

bool folio_trylock(struct folio *folio)
{
	return trylock_page(&folio->page);
}

void folio_lock(struct folio *folio)
{
	lock_page(&folio->page);
}

void folio_unlock(struct folio *folio)
{
	unlock_page(&folio->page);
}

void folio_get(struct folio *folio)
{
	get_page(&folio->page);
}

void folio_put(struct folio *folio)
{
	put_page(&folio->page);
}

bool folio_try_get(struct folio *folio)
{
	return get_page_unless_zero(&folio->page);
}

int folio_ref_count(const struct folio *folio)
{
	return page_count((struct page *)&folio->page);
}

#define page_folio(page) ((struct folio *)(page))
#define folio_page(folio, n) (&(folio)->page + (n))
#define folio_nr_pages(folio) ((void)(folio), 1L)
#define folio_order(folio) ((void)(folio), 0U)
#define folio_test_large(folio) ((void)(folio), false)
#define folio_test_hugetlb(folio) ((void)(folio), false)
#define folio_test_transhuge(folio) ((void)(folio), false)

/* Linux 5.16 has folios; before, the tree's own answers hold. */
#if LINUX_VERSION_CODE >= 0x051000
#define PageHuge(page) ((void)(page), 0)
#define PageCompound(page) ((void)(page), 0)
#define PageTransHuge(page) ((void)(page), 0)
#define compound_nr(page) ((void)(page), 1UL)
#define compound_order(page) ((void)(page), 0U)
#define thp_nr_pages(page) ((void)(page), 1)
#endif
