/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zone.h - a zone with its LRU lists. Pages that the LRU owns are those of
 * shim_lru_pages. Whatever of these names is a subject of the scenario is the
 * tree's own instead; the same holds of the other headers beside this one.
 */

struct zone shim_zone;

long shim_zone_state[NR_VM_ZONE_STAT_ITEMS];

struct zone *page_zone(const struct page *page)
{
	return &shim_zone;
}

struct page *pageblock_pfn_to_page(unsigned long start_pfn,
				   unsigned long end_pfn, struct zone *zone)
{
	return pfn_to_page(start_pfn);
}

void mod_zone_page_state(struct zone *zone, enum zone_stat_item item,
			 long delta)
{
	eng_step("mod_zone_page_state", &shim_zone_state[item], sizeof(long),
		 ENG_UPDATE);
	shim_zone_state[item] += delta;
}

void dec_zone_page_state(struct page *page, enum zone_stat_item item)
{
	eng_step("dec_zone_page_state", &shim_zone_state[item], sizeof(long),
		 ENG_UPDATE);
	shim_check_referenced(page, "dec_zone_page_state");
	shim_zone_state[item]--;
}

struct list_head *shim_lru_list(const struct page *page)
{
	int list = page->flags & 1UL << PG_swapbacked ?
		   LRU_INACTIVE_ANON : LRU_INACTIVE_FILE;

	if (page->flags & 1UL << PG_unevictable)
		return &shim_zone.lruvec.lists[LRU_UNEVICTABLE];
	return &shim_zone.lruvec.lists[list +
				       !!(page->flags & 1UL << PG_active)];
}

void shim_put_on_lru(struct page *page)
{
	struct list_head *list = shim_lru_list(page);

	if (!shim_is_of_lru(page))
		eng_fail("model-invariant",
			 "a page is put on the LRU that the LRU does not own");
	if (page->flags & 1UL << PG_lru || shim_is_linked(&page->lru))
		eng_fail("model-memory",
			 "list corruption: an entry is added that is already on a list");
	page->flags |= 1UL << PG_lru;
	page->lru.next = list->next;
	page->lru.prev = list;
	list->next->prev = &page->lru;
	list->next = &page->lru;
	shim_zone_state[list - shim_zone.lruvec.lists]++;
}

void shim_init_lru(void)
{
	int list;

	for (list = 0; list < NR_LRU_LISTS; list++)
		INIT_LIST_HEAD(&shim_zone.lruvec.lists[list]);
}

/* At once, as if no page ever waited in the batch of a CPU. */
void lru_cache_add(struct page *page)
{
	eng_block(shim_spin_is_free, &shim_zone.lru_lock,
		  sizeof(shim_zone.lru_lock), "lru_cache_add");
	shim_check_referenced(page, "lru_cache_add");
	shim_put_on_lru(page);
}

/* By this a freed page is counted as one of a process, or of a file. */
void shim_check_kind(const struct page *page)
{
	if (page->flags & 1UL << PG_swapbacked &&
	    !((unsigned long)page->mapping & PAGE_MAPPING_ANON))
		eng_fail("model-invariant",
			 "a page of a process is freed as if it were of none");
}

/* Who drops the last reference takes the page off the LRU. */
void put_page(struct page *page)
{
	eng_step("put_page", &shim_count(page), sizeof(int), ENG_UPDATE);
	if (shim_count(page) == 1)
		shim_check_kind(page);
	if (shim_count(page) != 1 || !(page->flags & 1UL << PG_lru)) {
		shim_drop_reference(page);
		return;
	}
	shim_count(page) = 0;
	eng_block(shim_spin_is_free, &shim_zone.lru_lock,
		  sizeof(shim_zone.lru_lock), "__page_cache_release");
	shim_zone_state[shim_lru_list(page) - shim_zone.lruvec.lists]--;
	page->lru.next->prev = page->lru.prev;
	page->lru.prev->next = page->lru.next;
	page->lru.next = LIST_POISON1;
	page->lru.prev = LIST_POISON2;
	page->flags &= ~(1UL << PG_lru | 1UL << PG_active |
			 1UL << PG_unevictable);
	shim_free_page(page);
}

/* No page of the model is locked in memory. */
int page_evictable(struct page *page)
{
	return 1;
}
