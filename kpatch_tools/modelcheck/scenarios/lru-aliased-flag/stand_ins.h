/* SPDX-License-Identifier: GPL-2.0-only */
/* stand_ins.h - what reclaim_clean_pages_from_list() was called for. */

/* A reader was about at some time, and so had a right to the page. */
bool shim_reading;

void shim_start_reading(void)
{
	eng_step("read", &shim_reading, sizeof(shim_reading), ENG_WRITE);
	shim_reading = true;
}

/* Of the pages that were isolated: what no one uses is no longer there. */
void shim_check_reclaimed(const struct list_head *pages)
{
	const struct list_head *at;
	const struct page *page;

	eng_step("check", NULL, 0, ENG_READ | ENG_TOUCHES);
	for (at = pages->next; at != pages; at = at->next) {
		page = container_of(at, struct page, lru);
		if (shim_is_of_lru(page) && !shim_reading)
			eng_fail("model-invariant",
				 "a clean page of a file that no one uses is not reclaimed");
	}
}
