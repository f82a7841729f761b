/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Template. Each device is probed and, if that went well, used and removed.
 * With two devices this happens at the same time. What stands in capitals is
 * filled in by scenario.toml.
 */

static DEVICE devices[DEVICES];
static int ready;

static void device(void *argument)
{
	DEVICE *device = argument;

	if (PROBE)
		return;
	ready = 1;
	USE;
	REMOVE;
}

void scenario_init(void)
{
	int i;

	for (i = 0; i < DEVICES; i++)
		eng_thread(i ? "device-2" : "device-1", device, &devices[i]);
}

void scenario_final(void)
{
	eng_observe("ready", ready);
	shim_check_spinning();
	eng_check_leaks();
}
