/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Each device is probed; when that went well, the host asks for another size,
 * a page goes into the balloon, and the device is removed. With two devices
 * this happens at the same time. Any call that acquires a resource may fail,
 * one in a run.
 */

static void device(void *argument)
{
	struct virtio_device *vdev = argument;

	if (virtballoon_probe(vdev))
		return;
	virtballoon_changed(vdev);
	fill_balloon(vdev->priv, 1);
	virtballoon_remove(vdev);
}

void scenario_init(void)
{
	int i;

	shim_add_devices();
	for (i = 0; i < SHIM_DEVICES; i++)
		eng_thread(i ? "device-2" : "device-1", device,
			   &shim_devices[i]);
}

void scenario_final(void)
{
	int i;

	shim_check_spinning();
	shim_check_pages();
	for (i = 0; i < SHIM_PAGES; i++)
		if (shim_pages[i]._count.counter)
			eng_fail("model-leak", "a page of the balloon is never freed");
	if (shim_given)
		eng_fail("model-leak", "the host keeps a page of a removed balloon");
	eng_check_leaks();
	eng_observe("ready", shim_was_ready == (1U << SHIM_DEVICES) - 1);
}
