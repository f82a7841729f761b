/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_page_locks.h - more of customised.h: the lock of a page.
 */

bool shim_page_is_unlocked(const volatile void *page)
{
	return !(((const volatile struct page *)page)->flags &
		 (1UL << PG_locked));
}

/* Only who holds a reference may touch the lock. */
void shim_check_referenced(struct page *page, const char *what)
{
	if (shim_count(page) <= 0)
		eng_fail("model-memory", "%s of a free page", what);
}

int trylock_page(struct page *page)
{
	eng_step("trylock_page", &page->flags, sizeof(page->flags),
		 ENG_UPDATE | ENG_ACQUIRE);
	shim_check_referenced(page, "trylock_page");
	if (!shim_page_is_unlocked(page))
		return 0;
	page->flags |= 1UL << PG_locked;
	eng_hold(page);
	return 1;
}

void lock_page(struct page *page)
{
	shim_may_sleep("lock_page");
	eng_block(shim_page_is_unlocked, page, sizeof(page->flags),
		  "lock_page");
	shim_check_referenced(page, "lock_page");
	page->flags |= 1UL << PG_locked;
	eng_hold(page);
}

void unlock_page(struct page *page)
{
	eng_step("unlock_page", &page->flags, sizeof(page->flags),
		 ENG_UPDATE | ENG_RELEASE);
	shim_check_referenced(page, "unlock_page");
	if (shim_page_is_unlocked(page))
		eng_fail("model-memory",
			 "a page is unlocked that is not locked");
	eng_drop(page);
	page->flags &= ~(1UL << PG_locked);
}
