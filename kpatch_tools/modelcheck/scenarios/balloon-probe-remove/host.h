/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * host.h - the host of a virtio balloon. It keeps a ledger of the pages that it
 * was given, and complains when the guest's story does not fit it: a page that
 * is given twice, or taken back without having been given.
 */

/* A bit for each page that the host was given. */
unsigned long shim_given;

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

bool virtqueue_kick(struct virtqueue *vq)
{
	return true;
}

void *virtqueue_get_buf(struct virtqueue *vq, unsigned int *len)
{
	*len = 0;
	return vq;
}
