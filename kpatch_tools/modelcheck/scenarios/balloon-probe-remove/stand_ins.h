/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stand_ins.h - a virtio balloon device and its host. SHIM_DEVICES devices;
 * each takes a buffer at once and answers at once.
 */

#define SHIM_QUEUES 3

struct virtio_device shim_devices[SHIM_DEVICES];

/* The queues that find_vqs() lent, by device. */
struct virtqueue *shim_queues[SHIM_DEVICES];

unsigned char shim_status[SHIM_DEVICES];

/* A bit for each device that was ready at some time. */
unsigned int shim_was_ready;

int shim_find_vqs(struct virtio_device *vdev, unsigned nvqs,
		  struct virtqueue *vqs[], vq_callback_t *callbacks[],
		  const char * const names[])
{
	int device = vdev - shim_devices;
	unsigned int i;

	if (eng_may_fail("find_vqs"))
		return -ENOMEM;
	eng_step("find_vqs", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	shim_queues[device] = eng_zalloc(SHIM_QUEUES * sizeof(**vqs),
					 "find_vqs");
	for (i = 0; i < nvqs; i++) {
		vqs[i] = &shim_queues[device][i];
		vqs[i]->vdev = vdev;
	}
	return 0;
}

void shim_del_vqs(struct virtio_device *vdev)
{
	eng_step("del_vqs", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	eng_free(shim_queues[vdev - shim_devices]);
}

/* The balloon shall have no page, and what it reports is of no interest. */
void shim_get(struct virtio_device *vdev, unsigned offset, void *buf,
	      unsigned len)
{
	__builtin_memset(buf, 0, len);
}

void shim_set(struct virtio_device *vdev, unsigned offset, const void *buf,
	      unsigned len)
{
}

u8 shim_get_status(struct virtio_device *vdev)
{
	return shim_status[vdev - shim_devices];
}

void shim_set_status(struct virtio_device *vdev, u8 status)
{
	int device = vdev - shim_devices;

	shim_status[device] = status;
	if (status & VIRTIO_CONFIG_S_DRIVER_OK)
		shim_was_ready |= 1U << device;
}

void shim_reset(struct virtio_device *vdev)
{
	shim_status[vdev - shim_devices] = 0;
}

const struct virtio_config_ops shim_config = {
	.get = shim_get,
	.set = shim_set,
	.get_status = shim_get_status,
	.set_status = shim_set_status,
	.reset = shim_reset,
	.find_vqs = shim_find_vqs,
	.del_vqs = shim_del_vqs,
};

void shim_add_devices(void)
{
	int device;

	for (device = 0; device < SHIM_DEVICES; device++)
		shim_devices[device].config = &shim_config;
}

/* --- the queue: inflate is the first, deflate the second ------------------ */

int virtqueue_add_outbuf(struct virtqueue *vq, struct scatterlist *sg,
			 unsigned int num, void *data, gfp_t gfp)
{
	struct virtqueue *first = shim_queues[vq->vdev - shim_devices];
	const u32 *pfns = sg->buffer;
	unsigned int i;

	eng_step("virtqueue_add_outbuf", NULL, 0,
		 ENG_UPDATE | ENG_TOUCHES);
	eng_check(vq, sizeof(*vq));
	eng_check(sg->buffer, sg->length);
	if (vq - first < 2)
		for (i = 0; i < sg->length / sizeof(*pfns); i++)
			shim_tell(pfns[i], vq == first);
	return 0;
}
