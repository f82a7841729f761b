/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Template. Two users look for an object, use it and let go of it, while its
 * owner makes it and removes it. What stands in capitals is filled in by
 * scenario.toml.
 */

static int used;

static void user(void *argument)
{
	OBJECT object = FIND;

	if (!object)
		return;
	USE;
	PUT;
	used = 1;
}

static void owner(void *argument)
{
	OBJECT object = CREATE;

	if (object)
		REMOVE;
}

void scenario_init(void)
{
	SET_UP;
	eng_thread("user-1", user, NULL);
	eng_thread("user-2", user, NULL);
	eng_thread("owner", owner, NULL);
}

void scenario_final(void)
{
	eng_observe("used", used);
	shim_check_spinning();
	eng_check_leaks();
}
