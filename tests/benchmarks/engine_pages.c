/*
 * A model of the size that matters: two movers isolate pages from an owner's
 * list, replace them by fresh ones or put them back, while the owner takes one
 * page out. Every access to a page is a scheduling point, as is each list
 * operation, bit operation and lock. Nothing in it is wrong.
 */
#include "engine.h"

#define PAGES 2
#define MOVERS 2
#define OFFSET_OF(type, member) ((unsigned long)&((type *)0)->member)
#define PAGE_OF(entry) \
	((struct page *)((char *)(entry) - OFFSET_OF(struct page, lru)))

enum { LOCKED, MOVABLE, ISOLATED };

struct list { struct list *next, *prev; };

struct page {
	unsigned long flags;
	int count, mapcount;
	void *mapping;
	unsigned long private;
	struct list lru;
};

struct owner {
	struct lock { int holder; } lock, outer;
	struct list pages;
	unsigned long isolated, taken;
};

static struct page pages[PAGES + MOVERS];
static struct owner owner;

/* --- primitives --------------------------------------------------------- */

static ENG_PRIMITIVE _Bool is_free(const volatile void *lock)
{
	return !((const volatile struct lock *)lock)->holder;
}

static ENG_PRIMITIVE void take(struct lock *lock)
{
	eng_block(is_free, lock, sizeof(*lock), "take");
	lock->holder = eng_thread_id() + 1;
	eng_hold(lock);
}

static ENG_PRIMITIVE void give(struct lock *lock)
{
	eng_step("give", lock, sizeof(*lock), ENG_UPDATE | ENG_RELEASE);
	eng_drop(lock);
	lock->holder = 0;
}

static ENG_PRIMITIVE int test_bit(int bit, unsigned long *flags)
{
	eng_step("test_bit", flags, sizeof(*flags), ENG_READ);
	return *flags >> bit & 1;
}

static ENG_PRIMITIVE void set_bit(int bit, unsigned long *flags)
{
	eng_step("set_bit", flags, sizeof(*flags), ENG_UPDATE);
	*flags |= 1ul << bit;
}

static ENG_PRIMITIVE int test_and_set_bit(int bit, unsigned long *flags)
{
	int before;

	eng_step("test_and_set_bit", flags, sizeof(*flags), ENG_UPDATE);
	before = *flags >> bit & 1;
	*flags |= 1ul << bit;
	return before;
}

static ENG_PRIMITIVE void clear_bit(int bit, unsigned long *flags)
{
	eng_step("clear_bit", flags, sizeof(*flags), ENG_UPDATE);
	*flags &= ~(1ul << bit);
}

static ENG_PRIMITIVE int get_unless_zero(struct page *page)
{
	eng_step("get", &page->count, sizeof(page->count), ENG_UPDATE);
	return page->count ? ++page->count : 0;
}

static ENG_PRIMITIVE void put(struct page *page)
{
	eng_step("put", &page->count, sizeof(page->count), ENG_UPDATE);
	eng_touch(page, sizeof(*page), ENG_UPDATE);
	eng_assert(page->count > 0, "a reference too many is dropped");
	if (--page->count)
		return;
	eng_assert(!page->mapping, "a page is freed while it is mapped");
	page->flags = 0;
}

static ENG_PRIMITIVE void list_add(struct list *entry, struct list *head)
{
	eng_step("list_add", head, sizeof(*head), ENG_UPDATE);
	eng_touch(entry, sizeof(*entry), ENG_UPDATE);
	eng_touch(head->next, sizeof(*head->next), ENG_UPDATE);
	eng_assert(!entry->next, "an entry is added twice");
	entry->next = head->next;
	entry->prev = head;
	head->next->prev = entry;
	head->next = entry;
}

static ENG_PRIMITIVE void list_del(struct list *entry)
{
	eng_step("list_del", entry, sizeof(*entry), ENG_UPDATE);
	eng_touch(entry->next, sizeof(*entry), ENG_UPDATE);
	eng_touch(entry->prev, sizeof(*entry), ENG_UPDATE);
	eng_assert(entry->next, "an entry is deleted twice");
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
	entry->next = entry->prev = 0;
}

/* --- what is modelled ----------------------------------------------------- */

static int isolate(struct page *page)
{
	if (!get_unless_zero(page))
		return 0;
	if (!test_bit(MOVABLE, &page->flags) ||
	    test_and_set_bit(LOCKED, &page->flags)) {
		put(page);
		return 0;
	}
	if (!test_bit(MOVABLE, &page->flags) ||
	    test_bit(ISOLATED, &page->flags)) {
		clear_bit(LOCKED, &page->flags);
		put(page);
		return 0;
	}
	take(&owner.lock);
	list_del(&page->lru);
	owner.isolated++;
	give(&owner.lock);
	set_bit(ISOLATED, &page->flags);
	clear_bit(LOCKED, &page->flags);
	return 1;
}

static void put_back(struct page *page)
{
	while (test_and_set_bit(LOCKED, &page->flags))
		;
	take(&owner.lock);
	owner.isolated--;
	list_add(&page->lru, &owner.pages);
	give(&owner.lock);
	clear_bit(ISOLATED, &page->flags);
	clear_bit(LOCKED, &page->flags);
	put(page);
}

static void replace(struct page *old, struct page *new)
{
	while (test_and_set_bit(LOCKED, &old->flags))
		;
	new->count = 1;
	new->mapping = old->mapping;
	new->private = old->private;
	take(&owner.lock);
	owner.isolated--;
	list_add(&new->lru, &owner.pages);
	give(&owner.lock);
	set_bit(MOVABLE, &new->flags);
	old->mapping = 0;
	old->private = 0;
	clear_bit(MOVABLE, &old->flags);
	clear_bit(ISOLATED, &old->flags);
	clear_bit(LOCKED, &old->flags);
	put(old);
	put(old);
}

static void move(void *spare)
{
	struct page *new = spare;

	for (int i = 0; i < PAGES; i++) {
		if (!isolate(&pages[i]))
			continue;
		if (new)
			replace(&pages[i], new);
		else
			put_back(&pages[i]);
		new = 0;
	}
}

static void own(void *unused)
{
	struct page *page;

	take(&owner.outer);
	take(&owner.lock);
	if (owner.pages.next != &owner.pages) {
		page = PAGE_OF(owner.pages.next);
		if (!test_and_set_bit(LOCKED, &page->flags)) {
			list_del(&page->lru);
			page->mapping = 0;
			clear_bit(MOVABLE, &page->flags);
			clear_bit(LOCKED, &page->flags);
			owner.taken++;
			put(page);
		}
	}
	give(&owner.lock);
	give(&owner.outer);
}

void scenario_init(void)
{
	owner.pages.next = owner.pages.prev = &owner.pages;
	for (int i = 0; i < PAGES; i++) {
		pages[i].count = 1;
		pages[i].flags = 1ul << MOVABLE;
		pages[i].mapping = &owner;
		list_add(&pages[i].lru, &owner.pages);
	}
	for (int i = 0; i < MOVERS; i++)
		eng_thread("mover", move, &pages[PAGES + i]);
	eng_thread("owner", own, 0);
}

void scenario_final(void)
{
	eng_observe("taken", (long)owner.taken);
	eng_assert(!owner.isolated, "a page is still isolated");
}
