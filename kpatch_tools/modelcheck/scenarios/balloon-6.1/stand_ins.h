/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stand_ins.h - a virtio balloon as probe leaves it, its host, and its books at
 * rest. The host takes a buffer at once and answers at once; it keeps a ledger
 * of the pages that it was given, and complains when the guest's story does not
 * fit it.
 */

/* Every page of the model is in one zone of one node. */
#define page_zone(page) ((struct zone *)NULL)
#define page_pgdat(page) ((struct pglist_data *)NULL)
#define folio_pgdat(folio) ((struct pglist_data *)NULL)

/* The marks of blocks that compaction may skip. */
#define set_pageblock_skip(page) ((void)(page))

/* Nobody waits until fewer pages are isolated. */
#define wake_throttle_isolated(node) ((void)(node))

/*
 * balloon_page_dequeue() hands out a page whose links still point to a list of
 * its own that is gone: from the links of a page alone nothing can be told.
 */
bool shim_is_listed_page(const struct list_head *entry)
{
	return false;
}

struct virtio_balloon shim_balloon;
struct virtio_device shim_device;

/* Inflate, then deflate. */
struct virtqueue shim_queues[2];

/* A bit for each page that the host was given. */
unsigned long shim_given;

/* What a page looks like that was just put into the balloon. */
struct page shim_resting;

void shim_add_balloon(void)
{
	shim_balloon.vdev = &shim_device;
	shim_balloon.inflate_vq = &shim_queues[0];
	shim_balloon.deflate_vq = &shim_queues[1];
	shim_device.priv = &shim_balloon;
	mutex_init(&shim_balloon.balloon_lock);
	init_waitqueue_head(&shim_balloon.acked);
	balloon_devinfo_init(&shim_balloon.vb_dev_info);
	shim_balloon.vb_dev_info.migratepage = virtballoon_migratepage;
	fill_balloon(&shim_balloon, FIRST_PAGES);
	shim_resting = shim_pages[0];
}

/* --- the queue ------------------------------------------------------------- */

void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int buflen)
{
	sg->buffer = buf;
	sg->length = buflen;
}

/* The host's side of one frame number that came through a queue. */
void shim_tell(unsigned int pfn, int inflate)
{
	if (pfn >= SHIM_PAGES)
		eng_fail("model-memory", "the host is told of no page");
	if (inflate == (int)(shim_given >> pfn & 1))
		eng_fail("model-invariant", inflate ?
			 "the host is given a page that it has" :
			 "the host gives back a page that it does not have");
	shim_given ^= 1UL << pfn;
}

int virtqueue_add_outbuf(struct virtqueue *vq, struct scatterlist *sg,
			 unsigned int num, void *data, gfp_t gfp)
{
	const u32 *pfns = sg->buffer;
	unsigned int i;

	eng_step("virtqueue_add_outbuf", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	eng_check(sg->buffer, sg->length);
	for (i = 0; i < sg->length / sizeof(*pfns); i++)
		shim_tell(pfns[i], vq == shim_queues);
	return 0;
}

bool virtqueue_kick(struct virtqueue *vq)
{
	return true;
}

void *virtqueue_get_buf(struct virtqueue *vq, unsigned int *len)
{
	*len = 0;
	return vq;
}

/* --- the books, with all threads done -------------------------------------- */

void shim_check_resting(const struct page *page)
{
	if (shim_count(page) != 1)
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
void shim_check_balloon(void)
{
	unsigned long listed = shim_listed(&shim_balloon.vb_dev_info);
	unsigned int pfn, pages = 0;

	for (pfn = 0; pfn < SHIM_PAGES; pfn++) {
		pages += listed >> pfn & 1;
		if (!(listed >> pfn & 1) && shim_count(&shim_pages[pfn]))
			eng_fail("model-leak",
				 "a page is held that is not in the balloon");
	}
	if (shim_balloon.num_pages != pages)
		eng_fail("model-invariant",
			 "num_pages is %u with %u pages in the balloon",
			 shim_balloon.num_pages, pages);
	if (shim_balloon.vb_dev_info.isolated_pages)
		eng_fail("model-invariant",
			 "isolated_pages is not 0 at rest");
	if (shim_given != listed)
		eng_fail("model-invariant",
			 "the host has other pages than the balloon");
	eng_observe("listed", listed);
	eng_observe("migrated", !!(listed >> (SHIM_PAGES - SHIM_TARGETS)));
	eng_observe("released", pages == FIRST_PAGES);
}
