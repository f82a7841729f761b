/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stand_ins.h - a virtio balloon as probe leaves it. Its host and its books are
 * those of the older scenarios.
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
	shim_remember_resting(shim_pages);
}

/* --- the queue ------------------------------------------------------------- */

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
